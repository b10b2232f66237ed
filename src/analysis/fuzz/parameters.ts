import type { Kernel } from "../../kernel/kernel.ts";
import type { Module } from "../../kernel/modules/module.ts";
import type { Random } from "../../kernel/random.ts";
import { mutateBytes, pick } from "./bytes.ts";
import type { Dictionary } from "./dictionary.ts";
import { manyOf, textsOf } from "../parameter-values.ts";
import { LIMITS } from "./input.ts";

/** A parameter of the module, and texts worth giving it. */
export interface ParameterField {
  readonly name: string;
  readonly type: string;
  readonly seeds: readonly string[];
}

/** Where drivers have buffers that end. */
const LENGTHS = [1, 15, 16, 64, 256].map((length) => "A".repeat(length));
const ARRAYS = ["1", "1,2", manyOf("0"), ",", "-1,4294967295", "a,b"];
const UNKNOWN = ["int", "charp"];

const seedsOf = (type: string): readonly string[] => {
  if (type === "array") return ARRAYS;
  const { taken, refused } = textsOf(type) ?? { taken: [], refused: [] };
  return [...taken, ...refused, ...(type === "charp" || type === "string" ? LENGTHS : [])];
};

const OPS = /^param_(?:ops_(\w+)|(array)_ops)$/;

/** Texts at the edges of a parameter's type; "param_ops_int" is the kernel's name of its operations. */
const boundaryTexts = (operations: string | undefined): readonly string[] => {
  const [, plain, array] = OPS.exec(operations ?? "") ?? [];
  const type = plain ?? array;
  const known = type === undefined ? [] : seedsOf(type);
  return known.length > 0 ? known : UNKNOWN.flatMap(seedsOf);
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
