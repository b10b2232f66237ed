// Bundles the command line and the library into dist/.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { lazyBuiltins } from "./lazy-builtins.mjs";
import { lazyBundle } from "./lazy-bundle.mjs";
import { stubIndex } from "./stub-index.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

export const build = async () => {
  const esbuild = await import("esbuild");
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
  };
  // The command line is CommonJS files, so that it can start from V8's code cache (bin/kobox.cjs).
  await buildCommands({ ...common, entryPoints: ["src/cli/main.ts"], outfile: "dist/cli.cjs" });
  const contents = await lazyBundle(esbuild, ROOT, "src/cli/run-main.ts", BUNDLED);
  await buildCommands({ ...common, stdin: { contents, resolveDir: ROOT }, outfile: "dist/run.cjs" });
  await esbuild.build({
    ...common,
    entryPoints: {
      kobox: "src/library/index.ts",
      vitest: "src/library/vitest/index.ts",
      profile: "src/cli/profile.ts",
      bench: "bench/inside.ts",
    },
    external: ["vitest"],
    outdir: "dist",
    splitting: true,
    format: "esm",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  for (const file of ["dist/cli.cjs", "dist/run.cjs"]) finishCommands(file);
  copyCapstone();
  await storeDefaultProfile();
  writeCodeCache();
};

const buildCommands = async (options) => {
  const esbuild = await import("esbuild");
  await esbuild.build({
    ...options,
    format: "cjs",
    // What the bundle loads by itself must come through `require`: it is no file to V8 (bin/kobox.cjs).
    supported: { "dynamic-import": false },
    plugins: [stubIndex(esbuild, ROOT), separateCapstone, lazyBuiltins],
    define: BUNDLED,
    keepNames: false,
    // The function that bin/kobox.cjs calls, so that it need not copy the text to put one around it.
    banner: {
      js: "(function (exports, require, module, __filename, __dirname) {",
    },
    footer: { js: "})" },
  });
};

/** What an ES module knows of itself, in a bundle that is none. */
const BUNDLED = { "import.meta.dirname": "__dirname" };

/**
 * One other character makes V8 keep, and compile, the whole text in twice the bytes (bin/kobox.cjs). The text
 * ends with its own hash, by which its code caches are known: V8 itself compares no more than the length.
 */
const finishCommands = (file) => {
  const text = readFileSync(join(ROOT, file), "latin1");
  const at = text.search(/[^\0-\x7f]/);
  if (at >= 0) throw new Error(`${file}: not ASCII at ${at}: write such characters as escapes or entities`);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  appendFileSync(join(ROOT, file), `//${hash}`);
};

const CAPSTONE = "@alexaltea/capstone-js";

/** The disassembler stays a file of its own: it is large, and few commands want it. */
const separateCapstone = {
  name: "separate-capstone",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${CAPSTONE}$`) }, () => ({
      path: "./capstone.cjs",
      external: true,
    }));
  },
};

/** Its code looks for its WebAssembly beside itself, by that name; its license goes along. */
const copyCapstone = () => {
  const from = join(ROOT, "node_modules", CAPSTONE);
  if (!existsSync(from)) {
    process.stderr.write("kobox build: without the disassembler (npm ci installs it): no check --html\n");
    return;
  }
  copyFileSync(join(from, "dist/capstone.js"), join(ROOT, "dist/capstone.cjs"));
  copyFileSync(join(from, "dist/capstone.wasm"), join(ROOT, "dist/capstone.wasm"));
  copyFileSync(join(from, "LICENSE"), join(ROOT, "dist/capstone.LICENSE"));
};

/** Module runs are what people wait for: their code cache comes with the build (bin/kobox.cjs). */
const writeCodeCache = () => {
  const args = ["bin/kobox.cjs", "run", "samples/hello/hello.ko"];
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
};

/** An unpacked copy of the default kernel profile opens faster. */
const storeDefaultProfile = async () => {
  const { storeProfile } = await import(join(ROOT, "dist/profile.js"));
  const file = "6.1.0-56-amd64.kprofile";
  await storeProfile(join(ROOT, "kernel-stubs/profiles", file), join(ROOT, "dist", file));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
