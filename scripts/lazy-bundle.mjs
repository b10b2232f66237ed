// One text of all of our files that an entry reaches, in which each runs when something of it is first used,
// instead of when a file that imports it is loaded (docs/decisions/code-cache.md). What a file exports are
// variables of the whole text: a use of one costs no call and no look-up.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { stubIndexText } from "./stub-index.mjs";

/** What esbuild makes of the exports: a table of getters, and the helpers for it, in front of the text. */
const FRONT = /^[^]*?\nmodule\.exports = __toCommonJS\(\w+_exports\);\n/;
const BACK = /^\/\/ Annotate the CommonJS export names[^]*$/m;
const EXPORT = /^ {2}(\w+): \(\) => ([\w.]+),?$/gm;
const HELPERS = /^var __create\b[^]*?(?=^var __toCommonJS\b)/m;
/** Files of ours: by names, as a whole, and at run time. */
const IMPORT = /^var (import_\w+) = require\("((?:\.|unicorn-engine)[^"]*)"\);\n/gm;
const WHOLE = /\b__toESM\(require\("(\.[^"]*)"\)\)|\brequire\("(\.[^"]*\.ts)"\)/g;
const LATER = /\bimport\("(\.[^"]*)"\)/g;
/** The lowest floors need no others, and everything needs them, often: they are loaded with who imports them. */
const AT_ONCE = /\/src\/(base|machine)\//;

/** The files, each in pieces; `id` is the function that runs it. */
const readFiles = async (esbuild, root, entry, define) => {
  const files = new Map();
  const resolve = (path, from) =>
    path === "unicorn-engine" ? join(root, "src/unicorn-engine/index.ts") : join(dirname(from), path);
  const read = async (path) => {
    if (files.has(path)) return;
    const file = { path, id: `f${files.size}`, imports: new Map(), whole: new Set(), exports: new Map() };
    files.set(path, file);
    const isIndex = path.endsWith("/kernel-stubs/index.ts");
    const text = isIndex ? await stubIndexText(esbuild, root, path) : await readFile(path, "utf8");
    const { code } = await esbuild.transform(text, {
      loader: "ts",
      format: "cjs",
      target: "node20",
      sourcefile: path,
      define,
    });
    const [front = ""] = FRONT.exec(code) ?? [];
    for (const [, name, value] of front.matchAll(EXPORT)) file.exports.set(name, value);
    file.body = code.slice(front.length).replace(BACK, "");
    if (file.body.includes("__reExport")) throw new Error(`${path}: no \`export *\``);
    if (/\b__toESM\(require\("[^.]/.test(file.body)) file.helpers = HELPERS.exec(front)?.[0] ?? "";
    for (const [line, name, other] of file.body.matchAll(IMPORT)) {
      file.imports.set(name, resolve(other, path));
      file.body = file.body.replace(line, "");
    }
    const wanted = [...file.imports.values()];
    for (const pattern of [WHOLE, LATER])
      for (const [, one, other] of file.body.matchAll(pattern)) wanted.push(resolve(one ?? other, path));
    for (const each of wanted) await read(each);
  };
  await read(entry);
  return { files, resolve };
};

export const lazyBundle = async (esbuild, root, entry, define) => {
  const { files, resolve } = await readFiles(esbuild, root, join(root, entry), define);
  const slots = new Map();
  const wholes = new Set();
  /** The slot of an export; of a name that is passed on, that of the file it comes from. */
  const slotOf = (file, name) => {
    const value = file.exports.get(name);
    if (value === undefined) throw new Error(`${file.path}: exports no ${name}`);
    const [from, passed] = value.split(".");
    if (passed !== undefined) return slotOf(files.get(file.imports.get(from)), passed);
    const key = `${file.id}_${name}`;
    if (!slots.has(key)) slots.set(key, `X[${slots.size}]`);
    return { file, slot: slots.get(key) };
  };
  const use = (path, name) => {
    const { file, slot } = slotOf(files.get(path), name);
    return AT_ONCE.test(file.path) && AT_ONCE.test(path) ? slot : `(${slot} ?? (${file.id}(), ${slot}))`;
  };
  const whole = (path) => {
    wholes.add(path);
    return `${files.get(path).id}_all()`;
  };
  const bodyOf = (file) => {
    let { body } = file;
    for (const [name, path] of file.imports) {
      body = body.replaceAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"), (_, member) => use(path, member));
      if (new RegExp(`\\b${name}\\b`).test(body)) throw new Error(`${file.path}: uses ${path} as a whole`);
    }
    return body
      .replaceAll(WHOLE, (_, one, other) => whole(resolve(one ?? other, file.path)))
      .replaceAll(LATER, (_, path) => `Promise.resolve().then(() => ${whole(resolve(path, file.path))})`);
  };
  const first = ({ imports }) =>
    [...new Set(imports.values())]
      .filter((path) => AT_ONCE.test(path))
      .map((path) => `${files.get(path).id}();\n`)
      .join("");
  const bodies = new Map([...files.values()].map((file) => [file, bodyOf(file)]));
  const [main] = files.values();
  const exported = [...main.exports.keys()].map((name) => `${name}: ${use(main.path, name)}`);
  const alls = [...wholes].map((path) => {
    const file = files.get(path);
    const fields = [...file.exports.keys()].map((name) => `${name}: ${use(path, name)}`);
    return `function ${file.id}_all() { return { ${fields.join(", ")} }; }\n`;
  });
  const functions = [...bodies].map(([file, body]) => {
    const own = [...file.exports].filter(([name]) => slots.has(`${file.id}_${name}`));
    const stores = own.map(([name, value]) => `${slots.get(`${file.id}_${name}`)} = ${value};\n`);
    return `// ${file.path}\nfunction ${file.id}() {\n${file.id} = ran;\n${first(file)}${file.helpers ?? ""}${body}\n${stores.join("")}}\n`;
  });
  return `"use strict";\nconst X = Array(${slots.size}).fill();\nfunction ran() {}\n${functions.join("")}${alls.join("")}module.exports = { ${exported.join(", ")} };\n`;
};
