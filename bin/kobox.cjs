#!/usr/bin/env node
"use strict";
// Starts the bundle with V8's code cache: compiling it afresh takes longer than running a module.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const bundle = join(__dirname, "..", "dist", "cli.cjs");
const cache = join(__dirname, "..", "dist", `cli.${process.versions.v8}.cache`);

const readCache = () => {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
};

/** After the work is done: keeps the functions that were compiled meanwhile, where that is allowed. */
const writeCache = (script) => {
  try {
    writeFileSync(cache, script.createCachedData());
  } catch {
    // A read-only installation starts without one.
  }
};

if (!existsSync(bundle)) {
  process.stderr.write("kobox: the program is not built\n  Run `npm start` in the clone once.\n");
  process.exit(2);
}
const cachedData = readCache();
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, "utf8")}\n})`;
const script = new Script(source, { filename: bundle, ...(cachedData === undefined ? {} : { cachedData }) });
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, createRequire(bundle), module_, bundle, dirname(bundle));
if (cachedData === undefined || script.cachedDataRejected === true) {
  process.once("exit", () => writeCache(script));
}
