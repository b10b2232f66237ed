#!/usr/bin/env node
"use strict";
// Starts the bundle with V8's code cache: compiling it afresh takes longer than running a module.
const { existsSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

// One for each command: a cache is as good as the run that made it was like this one.
const command = /^[a-z]+$/.exec(process.argv[2] ?? "")?.[0] ?? "other";
const words = process.argv.slice(3).filter((each) => each !== "--json");
// `run` without more options starts often, and needs but a part of the program (src/cli/run-main.ts).
const small = command === "run" && words.length > 0 && !words.some((each) => each.startsWith("-"));
const bundle = join(__dirname, "..", "dist", small ? "run.cjs" : "cli.cjs");
const cache = join(
  __dirname,
  "..",
  "dist",
  `${small ? "run" : "cli"}.${process.versions.v8}.${command}.cache`,
);

const readCache = () => {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
};

/** After the work is done: keeps the functions that were compiled meanwhile, where that is allowed. */
const writeCache = (script) => {
  // No such command, perhaps.
  if (process.exitCode === 2) return;
  try {
    const made = `${cache}.${process.pid}`;
    writeFileSync(made, script.createCachedData());
    renameSync(made, cache);
  } catch {
    // A read-only installation starts without one.
  }
};

if (!existsSync(bundle)) {
  process.stderr.write("kobox: the program is not built\n  Run `npm start` in the clone once.\n");
  process.exit(2);
}
const cachedData = readCache();
// The build sees to it that the bundle is ASCII: such a string is read and compiled in half the time.
const source = readFileSync(bundle, "latin1");
const script = new Script(source, { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
const module_ = { exports: {} };
// Not node:module's createRequire: with it comes the loader of ES modules.
const requireBeside = (id) => require(id.startsWith(".") ? join(dirname(bundle), id) : id);
script.runInThisContext()(module_.exports, requireBeside, module_, bundle, dirname(bundle));
if (cachedData === undefined || script.cachedDataRejected === true) {
  process.once("exit", () => writeCache(script));
}
