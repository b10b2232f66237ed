// Bundles the command line and the library into dist/.
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");

export const build = async () => {
  const esbuild = await import("esbuild");
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { cli: "src/cli/main.ts", kobox: "src/sandbox.ts", profile: "src/cli/profile.ts" },
    outdir: "dist",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minifySyntax: true,
    legalComments: "none",
    sourcemap: false,
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  await storeDefaultProfile();
};

/** An unpacked copy of the default kernel profile opens faster. */
const storeDefaultProfile = async () => {
  const { storeProfile } = await import(join(ROOT, "dist/profile.js"));
  const file = "6.1.0-56-amd64.kprofile";
  await storeProfile(join(ROOT, "kernel-stubs/profiles", file), join(ROOT, "dist", file));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
