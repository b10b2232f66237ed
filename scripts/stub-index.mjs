// Makes the command line load stub files only when one of their symbols is wanted: a start does not
// get slower with each stub. Replaces kernel-stubs/index.ts in the bundle by a table of names.
import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const filesOf = async (index) =>
  [...(await readFile(index, "utf8")).matchAll(/ from "(\.\/[^"]+)"/g)].map(([, path]) => path);

/** Names that each file declares, aliases included. */
const namesOf = async (esbuild, root, folder, files) => {
  const outfile = join(root, "dist", ".stub-names.mjs");
  const contents = [
    'export { declarations } from "../src/stub/registry.ts";',
    ...files.map((path, index) => `import * as file${index} from "${path}";`),
    `export const files = [${files.map((_, index) => `file${index}`).join(", ")}];`,
  ].join("\n");
  await esbuild.build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "warning",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  const built = await import(pathToFileURL(outfile).href);
  await rm(outfile);
  return built.files.map((file) =>
    [...built.declarations(file)].flatMap(({ name, aliases }) => [name, ...aliases]).join(" "),
  );
};

/** The table that stands for the file `path`. */
export const stubIndexText = async (esbuild, root, path) => {
  const files = await filesOf(path);
  const names = await namesOf(esbuild, root, dirname(path), files);
  const loaders = files.map((file) => `() => require("${file}")`);
  return `export const stubIndex = { names: ${JSON.stringify(names)}, files: [${loaders.join(", ")}] };`;
};

export const stubIndex = (esbuild, root) => ({
  name: "stub-index",
  setup(build) {
    build.onLoad({ filter: /\/kernel-stubs\/index\.ts$/ }, async ({ path }) => ({
      contents: await stubIndexText(esbuild, root, path),
      loader: "js",
      resolveDir: dirname(path),
    }));
  },
});
