// One text of all of our files that an entry reaches, in which each runs when something of it is first used,
// instead of when a file that imports it is loaded (docs/decisions/code-cache.md).
//
//   function f7() { f7 = ran; ...the file...; X[31] = boot; }     a file, and where its exports go
//   (X[31] ?? (f7(), X[31]))(options)                             boot(options) in another file
//   function f7_all() { return { boot: ... }; }                   its exports as an object, where asked for
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { stubIndexText } from "./stub-index.mjs";

/** What esbuild makes of the exports: a table of getters, and the helpers for it, in front of the text. */
const FRONT = /^[^]*?\nmodule\.exports = __toCommonJS\(\w+_exports\);\n/;
const BACK = /^\/\/ Annotate the CommonJS export names[^]*$/m;
const EXPORT = /^ {2}(\w+): \(\) => ([\w.]+),?$/gm;
const HELPERS = /^var __create\b[^]*?(?=^var __toCommonJS\b)/m;
/** Files of ours: names of theirs, all that they export, and the same later. */
const NAMES = /^var (import_\w+) = require\("((?:\.|unicorn-engine)[^"]*)"\);\n/gm;
const ALL = /\b__toESM\(require\("(\.[^"]*)"\)\)|\brequire\("(\.[^"]*\.ts)"\)/g;
const LATER = /\bimport\("(\.[^"]*)"\)/g;
/** The lowest floors need no others, and everything needs them, often: they run with who imports them. */
const AT_ONCE = /\/src\/(base|machine)\//;

const readSource = async (esbuild, root, path) =>
  path.endsWith("/kernel-stubs/index.ts") ? stubIndexText(esbuild, root, path) : readFile(path, "utf8");

/** A file as CommonJS, taken apart. */
const takeApart = async (esbuild, root, path, define) => {
  const options = { loader: "ts", format: "cjs", target: "node20", sourcefile: path, define };
  const { code } = await esbuild.transform(await readSource(esbuild, root, path), options);
  const [front = ""] = FRONT.exec(code) ?? [];
  const text = code.slice(front.length).replace(BACK, "");
  if (text.includes("__reExport")) throw new Error(`${path}: no \`export *\``);
  const resolve = (other) =>
    other === "unicorn-engine" ? join(root, "src/unicorn-engine/index.ts") : join(dirname(path), other);
  return {
    path,
    resolve,
    /** Text of what each name stands for: "boot", or "import_boot.boot" where it is passed on. */
    exports: new Map([...front.matchAll(EXPORT)].map(([, name, value]) => [name, value])),
    /** Path by the name that stands for its exports. */
    imports: new Map([...text.matchAll(NAMES)].map(([, name, other]) => [name, resolve(other)])),
    others: [ALL, LATER].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, one, other]) => resolve(one ?? other)),
    ),
    // For packages, which esbuild joins when it makes the bundle of this text.
    helpers: /\b__toESM\(require\("[^.]/.test(text) ? (HELPERS.exec(front)?.[0] ?? "") : "",
    body: text.replaceAll(NAMES, ""),
  };
};

/** All files by path, the entry first. */
const readFiles = async (esbuild, root, entry, define) => {
  const files = new Map();
  const read = async (path) => {
    if (files.has(path)) return;
    files.set(path, undefined);
    const file = { id: `f${files.size}`, ...(await takeApart(esbuild, root, path, define)) };
    files.set(path, file);
    for (const each of [...file.imports.values(), ...file.others]) await read(each);
  };
  await read(entry);
  return files;
};

/** Gives exports that others use their slots. */
const createSlots = (files) => {
  const slots = new Map();
  /** Of a name that is passed on, that of the file it comes from. */
  const find = (path, name) => {
    const file = files.get(path);
    const [value, passed] = file.exports.get(name)?.split(".") ?? [];
    if (value === undefined) throw new Error(`${path}: exports no ${name}`);
    if (passed !== undefined) return find(file.imports.get(value), passed);
    const key = `${file.id} ${name}`;
    if (!slots.has(key)) slots.set(key, `X[${slots.size}]`);
    return { file, slot: slots.get(key) };
  };
  return {
    slots,
    use(path, name) {
      const { file, slot } = find(path, name);
      return AT_ONCE.test(path) && AT_ONCE.test(file.path) ? slot : `(${slot} ?? (${file.id}(), ${slot}))`;
    },
  };
};

/** A file's text with uses of slots instead of imports. */
const bodyOf = (file, files, use) => {
  const all = (other) => `${files.get(file.resolve(other)).id}_all()`;
  let { body } = file;
  for (const [name, path] of file.imports) {
    body = body.replaceAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"), (_, member) => use(path, member));
    if (new RegExp(`\\b${name}\\b`).test(body)) throw new Error(`${file.path}: uses ${path} as a whole`);
  }
  return body
    .replaceAll(ALL, (_, one, other) => all(one ?? other))
    .replaceAll(LATER, (_, other) => `Promise.resolve().then(() => ${all(other)})`);
};

const functionOf = (file, body, files, slots) => {
  const first = [...new Set(file.imports.values())].filter((path) => AT_ONCE.test(path));
  const calls = first.map((path) => `${files.get(path).id}();\n`);
  const stores = [...file.exports].flatMap(([name, value]) => {
    const slot = slots.get(`${file.id} ${name}`);
    return slot === undefined ? [] : [`${slot} = ${value};\n`];
  });
  return `function ${file.id}() {\n${file.id} = ran;\n${calls.join("")}${file.helpers}${body}\n${stores.join("")}}\n`;
};

/** The text; it exports what the file `entry` (below `root`) exports, having run it. */
export const lazyBundle = async (esbuild, root, entry, define) => {
  const main = join(root, entry);
  const files = await readFiles(esbuild, root, main, define);
  const { slots, use } = createSlots(files);
  const object = (path) => {
    const fields = [...files.get(path).exports.keys()].map((name) => `${name}: ${use(path, name)}`);
    return `{ ${fields.join(", ")} }`;
  };
  const whole = new Set([...files.values()].flatMap(({ others }) => others));
  const objects = [...whole].map(
    (path) => `function ${files.get(path).id}_all() { return ${object(path)}; }\n`,
  );
  const exported = `module.exports = ${object(main)};\n`;
  const bodies = [...files.values()].map((file) => [file, bodyOf(file, files, use)]);
  const functions = bodies.map(([file, body]) => functionOf(file, body, files, slots));
  const front = `"use strict";\nconst X = Array(${slots.size}).fill();\nfunction ran() {}\n`;
  return `${front}${functions.join("")}${objects.join("")}${exported}`;
};
