// Writes NAME.c from NAME.cases: node generate.mjs [NAME...]
// A case is one JSON line; see README.md. The tests read the same lines.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const CHUNK = 50;

const quote = (text) =>
  `"${[...text]
    .map((char) => {
      const code = char.codePointAt(0);
      if (code > 255) throw new Error(`not a byte: ${char}`);
      return code < 32 || code > 126 || char === '"' || char === "\\" || char === "?"
        ? `\\${code.toString(8).padStart(3, "0")}`
        : char;
    })
    .join("")}"`;

const bytes = (hex) => (hex.match(/../g) ?? []).map((pair) => `0x${pair}`).join(", ");

/** C for one argument "kind:value"; `declare` adds a static object and returns its name. */
const argument = (text, declare) => {
  const [kind, ...rest] = text.split(":");
  const value = rest.join(":");
  switch (kind) {
    case "i":
      return `(int)(${value})`;
    case "l":
      return `(long)(${value}UL)`;
    case "s":
      return quote(value);
    case "p":
      return `(void *)(${value}UL)`;
    case "b":
      return declare(`static const u8 NAME[] __aligned(16) = { ${bytes(value)} };`);
    case "fn": {
      const [symbol, offset = "0"] = value.split("+");
      return `(void *)((unsigned long)${symbol} + ${offset})`;
    }
    case "dentry":
    case "file":
      return `make_${kind}(${quote(value)})`;
    case "bdev": {
      const [name, partition] = value.split(",");
      return `make_bdev(${quote(name)}, ${partition})`;
    }
    case "clk":
      return `make_clk(${quote(value)})`;
    default:
      throw new Error(`argument ${text}`);
  }
};

const statement = (entry, number, declare) => {
  const args = (list) => list.map((item) => `, ${argument(item, declare)}`).join("");
  if (Array.isArray(entry)) return `show(${number}, 900, ${quote(entry[0])}${args(entry.slice(1))});`;
  if (entry.print) {
    return `show(${number}, ${entry.size}, ${quote(entry.print[0])}${args(entry.print.slice(1))});`;
  }
  if (entry.nested) {
    return `nest(${number}, ${quote(entry.outer)}, ${quote(entry.nested[0])}${args(entry.nested.slice(1))});`;
  }
  if (entry.scan !== undefined) {
    const slots = Array.from({ length: entry.out }, (_, i) => `, slot[${i}]`).join("");
    return `scan(${number}, ${entry.out}, ${quote(entry.scan)}, ${quote(entry.fmt)}${slots});`;
  }
  if (entry.kstr) return `KSTR(${number}, ${entry.kstr}, ${quote(entry.text)}, ${entry.base});`;
  if (entry.simple) return `SIMPLE(${number}, ${entry.simple}, ${quote(entry.text)}, ${entry.base});`;
  if (entry.bool !== undefined) return `boolean(${number}, ${quote(entry.bool)});`;
  if (entry.memparse !== undefined) return `size(${number}, ${quote(entry.memparse)});`;
  if (entry.option !== undefined) return `option(${number}, ${quote(entry.option)});`;
  if (entry.options !== undefined) return `options(${number}, ${quote(entry.options)}, ${entry.room});`;
  if (entry.escape !== undefined) {
    const source = declare(`static const u8 NAME[] = { ${bytes(entry.escape) || "0"} };`);
    const only = entry.only === undefined ? "NULL" : quote(entry.only);
    return `escape(${number}, ${source}, ${entry.escape.length / 2}, ${entry.size}, ${entry.flags}, ${only});`;
  }
  if (entry.unescape !== undefined) {
    return `unescape(${number}, ${quote(entry.unescape)}, ${entry.size}, ${entry.flags});`;
  }
  if (entry.getSize)
    return `get_size(${number}, ${entry.getSize[0]}UL, ${entry.getSize[1]}UL, ${entry.getSize[2]});`;
  if (entry.hexline) return `hexline(${number}, ${entry.hexline.join(", ")});`;
  if (entry.hexdump) return `hexdump(${number}, ${entry.hexdump.join(", ")});`;
  if (entry.match !== undefined) return `match(${number}, ${quote(entry.match)}, ${quote(entry.pattern)});`;
  if (entry.wildcard !== undefined) {
    return `wildcard(${number}, ${quote(entry.wildcard)}, ${quote(entry.text)});`;
  }
  if (entry.argv !== undefined) return `argv(${number}, ${quote(entry.argv)});`;
  if (entry.nextarg !== undefined) return `nextarg(${number}, ${quote(entry.nextarg)});`;
  throw new Error(`case ${JSON.stringify(entry)}`);
};

const generate = (name) => {
  const lines = readFileSync(new URL(`${name}.cases`, here), "utf8").split("\n");
  const entries = lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => JSON.parse(line));
  const objects = [];
  const declare = (code) => {
    const object = `object${objects.length}`;
    objects.push(code.replace("NAME", object));
    return object;
  };
  const statements = entries.map((entry, index) => `\t${statement(entry, index, declare)}`);
  const functions = [];
  for (let at = 0; at < statements.length; at += CHUNK) {
    functions.push(
      `static noinline void __init part${functions.length}(void)\n{\n${statements.slice(at, at + CHUNK).join("\n")}\n}\n`,
    );
  }
  const calls = functions
    .map((_, index) => `\tif (first <= ${index} && ${index} <= last)\n\t\tpart${index}();`)
    .join("\n");
  writeFileSync(
    new URL(`${name}.c`, here),
    `// SPDX-License-Identifier: GPL-2.0
/* Generated by generate.mjs from ${name}.cases. */
#include "cases.h"

/* The log holds only so much at a time. */
static int first, last = 1000;
module_param(first, int, 0);
module_param(last, int, 0);

${objects.join("\n")}

${functions.join("\n")}
static int __init ${name}_init(void)
{
${calls}
	return 0;
}

static void __exit ${name}_exit(void)
{
}

module_init(${name}_init);
module_exit(${name}_exit);
MODULE_LICENSE("GPL");
`,
  );
};

const names = process.argv.slice(2);
const all = readdirSync(here).filter((file) => file.endsWith(".cases"));
for (const name of names.length > 0 ? names : all.map((file) => file.slice(0, -6))) generate(name);
