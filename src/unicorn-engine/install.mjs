// Builds the addon: `node install.mjs`. Does nothing when it is already built from these sources for
// this kind of Node. Node built-ins only, so that it runs before any package is there.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "./install/compile.mjs";
import { InstallFailure, say } from "./install/failure.mjs";
import { findNodeHeaders } from "./install/headers.mjs";
import { findUnicorn } from "./install/unicorn.mjs";

export const ROOT = dirname(fileURLToPath(import.meta.url));
/** Where Unicorn is unpacked when the distribution's own release is too old. */
export const UNICORN = join(ROOT, ".unicorn");
const TARGET = join(ROOT, "build/unicorn_engine.node");
const STAMP = join(ROOT, "build/stamp");

/** What the addon was made from. Node-API keeps its promise across Node versions, so those do not count. */
const fingerprint = () => {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} napi8`);
  for (const folder of ["native", "install"]) {
    for (const name of readdirSync(join(ROOT, folder)).sort())
      hash.update(name).update(readFileSync(join(ROOT, folder, name)));
  }
  return hash.digest("hex");
};

/** Makes the addon where it is missing or old. Throws InstallFailure. */
export const install = () => {
  const wanted = fingerprint();
  if (existsSync(TARGET) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) {
    // Whoever compares dates must find it newer than its sources.
    writeFileSync(STAMP, wanted);
    return;
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new InstallFailure(
      `${process.platform}-${process.arch} is not supported`,
      "It runs on Linux, x86-64.",
    );
  }
  const headers = findNodeHeaders();
  const unicorn = findUnicorn(UNICORN);
  say(`building the addon with Unicorn ${unicorn.version}`);
  const kind = compile({ native: join(ROOT, "native"), target: TARGET, headers, unicorn });
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, wanted);
  say(`built (${kind})`);
};

const isMain = () =>
  process.argv[1] !== undefined &&
  existsSync(process.argv[1]) &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));

if (isMain()) {
  try {
    install();
  } catch (error) {
    if (!(error instanceof InstallFailure)) throw error;
    process.stderr.write(`unicorn-engine: ${error.message}\n  ${error.hint}\n`);
    process.exit(1);
  }
}
