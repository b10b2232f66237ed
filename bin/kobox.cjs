#!/usr/bin/env node
"use strict";
// Starts the bundle with V8's code cache: compiling it afresh takes longer than running a module. What a start
// does not need of Node is left out, for Node compiles most of itself anew (docs/decisions/code-cache.md).
const { Script } = require("node:vm");

/** The engine binding, for its files and its exit; without it a start is only slower. */
const loadBinding = () => {
  const loaded = { exports: {} };
  try {
    process.dlopen(loaded, `${__dirname}/../src/unicorn-engine/build/unicorn_engine.node`);
  } catch {
    // It is built when the first engine is made.
  }
  return loaded.exports;
};

// One cache for each command: it is as good as the run that made it was like this one.
const command = /^[a-z]+$/.exec(process.argv[2] ?? "")?.[0] ?? "other";
const words = process.argv.slice(3).filter((each) => each !== "--json");
// `run` without more options starts often, and needs but a part of the program (src/cli/run-main.ts).
const small = command === "run" && words.length > 0 && !words.some((each) => each.startsWith("-"));
const folder = `${__dirname}/../dist`;
const bundle = `${folder}/${small ? "run" : "cli"}.cjs`;
const { mapText, mapFile, quit } = loadBinding();

const readFile = (path, encoding) => {
  const { existsSync, readFileSync } = require("node:fs");
  return existsSync(path) ? readFileSync(path, encoding) : undefined;
};

/** Its own hash ends the bundle: a process that outlives a build leaves no cache that fits another text. */
const cacheOf = (source) => `${bundle}.${source.slice(-12)}.${process.versions.v8}.${command}.cache`;

/** After the work is done: keeps the functions that were compiled meanwhile, where that is allowed. */
const writeCache = (script, cache) => {
  // No such command, perhaps.
  if (process.exitCode === 2) return;
  const { renameSync, writeFileSync } = require("node:fs");
  try {
    const made = `${cache}.${process.pid}`;
    writeFileSync(made, script.createCachedData());
    renameSync(made, cache);
  } catch {
    // A read-only installation starts without one.
  }
};

// The build sees to it that it is ASCII: such a string is read and compiled in half the time.
const source = mapText?.(bundle) ?? readFile(bundle, "latin1");
if (source === undefined) {
  process.stderr.write("kobox: the program is not built\n  Run `npm start` in the clone once.\n");
  process.exit(2);
}
const cache = cacheOf(source);
const mapped = mapFile?.(cache);
const cachedData = mapped === undefined ? readFile(cache) : new Uint8Array(mapped);
const script = new Script(source, { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
const cached = cachedData !== undefined && script.cachedDataRejected === false;
const main = { exports: {} };
// Not node:module's createRequire: with it comes the loader of ES modules.
const requireBeside = (id) => require(id.startsWith(".") ? `${folder}/${id}` : id);
script.runInThisContext()(main.exports, requireBeside, main, bundle, folder);
if (!cached) process.once("exit", () => writeCache(script, cache));

/** Who looks into the process from outside is told of its end. */
const watched =
  process.execArgv.length > 0 ||
  process.env.NODE_OPTIONS !== undefined ||
  process.env.NODE_V8_COVERAGE !== undefined;
// All is written: nobody waits for the heap to be taken down, and for the certificates.
main.exports.exitCode?.then(cached && quit !== undefined && !watched ? quit : process.exit);
