// Writes the library's type declarations to dist/types.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup.mjs";

const out = join(ROOT, "dist/types");
rmSync(out, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, "node_modules/typescript/bin/tsc"),
    "-p",
    ROOT,
    "--noEmit",
    "false",
    "--emitDeclarationOnly",
    "--declaration",
    "--rootDir",
    ROOT,
    "--outDir",
    out,
  ],
  { cwd: ROOT, stdio: ["ignore", 2, 2] },
);
if (status !== 0) process.exit(status ?? 1);
for (const name of [
  "test",
  "src/unicorn-engine/test",
  "bench",
  "vitest.config.d.ts",
  "vitest.long.config.d.ts",
]) {
  rmSync(join(out, name), { recursive: true, force: true });
}

/** Files of a package are found by their own extension; the engine's package is not installed. */
for (const entry of readdirSync(out, { recursive: true, encoding: "utf8" })) {
  if (!entry.endsWith(".d.ts")) continue;
  const path = join(out, entry);
  const engine = `${"../".repeat(entry.split("/").length - 1)}src/unicorn-engine/index.js`;
  const text = readFileSync(path, "utf8")
    .replaceAll(/(from "\.[^"]*)\.ts"/g, '$1.js"')
    .replaceAll('from "unicorn-engine"', `from "${engine}"`);
  writeFileSync(path, text);
}
