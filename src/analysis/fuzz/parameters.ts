import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import type { Random } from "../../kernel/random.ts";
import { mutateBytes, pick } from "./bytes.ts";
import type { Dictionary } from "./dictionary.ts";
import { LIMITS } from "./input.ts";

/** A parameter of the module, and texts worth giving it. */
export interface ParameterField {
  readonly name: string;
  readonly type: string;
  readonly seeds: readonly string[];
}

const integers = (bits: number): string[] => {
  const [top, all] = [2n ** BigInt(bits - 1), 2n ** BigInt(bits)];
  return [0n, 1n, -1n, 2n, 100n, top - 1n, top, -top, -top - 1n, all - 1n, all].map(String);
};

const LONG = "A".repeat(1023);
const TEXTS = [
  "",
  "a",
  "0",
  "A".repeat(15),
  "A".repeat(16),
  "A".repeat(64),
  LONG,
  `${LONG}AA`,
  "%s%n",
  "a/b",
  '"a b"',
];

const SEEDS: Readonly<Record<string, readonly string[]>> = {
  bool: ["0", "1", "y", "n", "", "maybe"],
  invbool: ["0", "1", "y", "n"],
  byte: integers(8),
  short: integers(16),
  ushort: integers(16),
  int: integers(32),
  uint: integers(32),
  long: integers(64),
  ulong: integers(64),
  ullong: integers(64),
  hexint: ["0x0", "0xffffffff", "0x80000000"],
  charp: TEXTS,
  string: TEXTS,
  array: [
    "1",
    "1,2",
    "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
    ",",
    "-1,4294967295",
    "a,b",
  ],
};

const OPS = /^param_(?:ops_(\w+)|(array)_ops)$/;

/** Texts at the edges of a parameter's type; "param_ops_int" is the kernel's name of its operations. */
export const boundaryTexts = (operations: string | undefined): readonly string[] => {
  const [, plain, array] = OPS.exec(operations ?? "") ?? [];
  return SEEDS[plain ?? array ?? ""] ?? [...integers(32), ...TEXTS];
};

export const readParameterFields = (k: Kernel, module: Module): readonly ParameterField[] =>
  module.parameters.map(({ name, ops }) => {
    const operations = k.symbols.lookup(ops)?.name;
    return { name, type: operations ?? "callback", seeds: boundaryTexts(operations) };
  });

/** Blanks separate parameters: quotes keep them together. */
const quoted = (text: string): string => (/[\s"]/.test(text) ? `"${text.replaceAll('"', "")}"` : text);

const anyText = (field: ParameterField, random: Random, { words }: Dictionary): string => {
  const seed = pick(random, field.seeds) ?? "";
  if (random.below(3) !== 0) return quoted(seed);
  const bytes = mutateBytes(new Uint8Array(Buffer.from(seed, "latin1")), random, words);
  return quoted(Buffer.from(bytes.map((byte) => byte || 0x30)).toString("latin1"));
};

/** Sets, replaces or drops one parameter of the text. */
export const mutateParameters = (
  text: string,
  random: Random,
  {
    parameters,
    dictionary,
  }: { readonly parameters: readonly ParameterField[]; readonly dictionary: Dictionary },
): string => {
  const field = pick(random, parameters);
  if (field === undefined) return text;
  const others = (text.match(/[^\s"]+(?:"[^"]*")?/g) ?? []).filter(
    (word) => !word.startsWith(`${field.name}=`),
  );
  if (random.below(8) === 0) return others.join(" ");
  return [...others, `${field.name}=${anyText(field, random, dictionary)}`]
    .join(" ")
    .slice(0, LIMITS.parameters);
};
