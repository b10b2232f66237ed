// Makes a bundle load each of our files when something of it is first used, instead of when a file that
// imports it is loaded (docs/decisions/code-cache.md).
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const NAMESPACE = "lazy";

/** What esbuild makes of the exports: a table of getters, and the helpers for it, in front of the text. */
const FRONT = /^[^]*?\nmodule\.exports = __toCommonJS\(\w+_exports\);\n/;
const BACK = /^\/\/ Annotate the CommonJS export names[^]*$/m;
const EXPORT = /^ {2}(\w+): \(\) => ([\w.]+),?$/gm;
const HELPERS = /^var __create\b[^]*?(?=^var __toCommonJS\b)/m;
/** An import by names of a file of ours. */
const IMPORT = /^var (import_\w+) = require\("((?:\.|unicorn-engine)[^"]*)"\);\n/gm;
/** The lowest floors need no others, and everything needs them, often: they are loaded with who imports them. */
const AT_ONCE = /\/src\/(base|machine)\//;

/**
 * CommonJS in which a name is looked up in its file at each use, so that `require` comes then. An export is
 * a plain field, which costs no call; of a name passed on from another file, a getter.
 */
const lookUpAtUse = (commonJs, folder) => {
  const [front = ""] = FRONT.exec(commonJs) ?? [];
  const fields = [...front.matchAll(EXPORT)].map(([, name, value]) =>
    value.includes(".") ? `get ${name}() { return ${value}; }` : `${name}: ${value}`,
  );
  // A file of ours is its own namespace.
  const body = commonJs
    .slice(front.length)
    .replace(BACK, "")
    .replaceAll(/\b__toESM\((require\("\.[^"]*"\))\)/g, "$1");
  if (body.includes("__reExport")) throw new Error("lazy-imports: no `export *`");
  const [helpers = ""] = body.includes("__toESM(") ? (HELPERS.exec(front) ?? []) : [];
  let text = `"use strict";\n${helpers}${body}\nmodule.exports = { ${fields.join(", ")} };\n`;
  for (const [line, name, path] of body.matchAll(IMPORT)) {
    if (AT_ONCE.test(join(folder, path))) continue;
    text = text
      .replace(line, "")
      .replaceAll(new RegExp(`\\bnew ${name}\\.(\\w+)`, "g"), `new (require("${path}").$1)`)
      .replaceAll(new RegExp(`\\b${name}\\b`, "g"), `require("${path}")`);
  }
  return text;
};

/** For esbuild. Files get a namespace, for in the package's own every file is an ES module. */
export const lazyImports = (esbuild, root, define) => ({
  name: "lazy-imports",
  setup(build) {
    build.onResolve({ filter: /^\..*\.ts$|^unicorn-engine$/ }, ({ path, resolveDir }) =>
      path.endsWith("kernel-stubs/index.ts")
        ? undefined
        : {
            path: path.startsWith(".") ? join(resolveDir, path) : join(root, "src", path, "index.ts"),
            namespace: NAMESPACE,
          },
    );
    build.onLoad({ filter: /./, namespace: NAMESPACE }, async ({ path }) => {
      const options = { loader: "ts", format: "cjs", target: "node20", sourcefile: path, define };
      const { code } = await esbuild.transform(await readFile(path, "utf8"), options);
      return { contents: lookUpAtUse(code, dirname(path)), loader: "js", resolveDir: dirname(path) };
    });
  },
});
