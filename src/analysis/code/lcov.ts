/** Coverage of source lines as lcov's tracefiles have it (geninfo(1)): read by genhtml, editors and CI servers. */
import { KoboxError } from "../../base/errors.ts";
import type { CoveredBlock } from "../fuzz/covered.ts";
import { type LineStretch, type SourceLines, createSourceLines } from "../source-lines.ts";
import { type CodeFunction, readFunctions } from "./functions.ts";

/** How often the byte at an offset in a section was executed. */
export type Hits = (section: string, offset: number) => number;

/** The tracefile of a module. */
export type LcovWriter = (hits: Hits) => string;

interface FileCounts {
  readonly lines: Map<number, number>;
  readonly functions: Map<string, { readonly line: number; readonly count: number }>;
}

/** Blocks that were executed at least once. */
export const hitsOfBlocks = (blocks: readonly CoveredBlock[]): Hits => {
  const sections = new Map<string, Set<number>>();
  for (const { section, offset, size } of blocks) {
    const bytes = sections.get(section) ?? new Set();
    sections.set(section, bytes);
    for (let at = offset; at < offset + size; at += 1) bytes.add(at);
  }
  return (section, offset) => (sections.get(section)?.has(offset) === true ? 1 : 0);
};

/** Names are lines of the file, with commas between. */
const isPlain = (name: string): boolean => /^[\w.$]+$/.test(name);
const pathText = (path: string): string => path.replaceAll(/\p{Cc}/gu, "_");

const most = (hits: Hits, section: string, offset: number, end: number): number => {
  let count = 0;
  for (let at = offset; at < end; at += 1) count = Math.max(count, hits(section, at));
  return count;
};

const countAll = (
  functions: readonly CodeFunction[],
  lines: SourceLines,
  hits: Hits,
): Map<string, FileCounts> => {
  const files = new Map<string, FileCounts>();
  const countsOf = (file: string): FileCounts => {
    const counts = files.get(file) ?? { lines: new Map(), functions: new Map() };
    files.set(file, counts);
    return counts;
  };
  for (const section of new Set(functions.map((each) => each.section))) {
    const starts = new Map<number, LineStretch>();
    for (const stretch of lines.stretches(section)) {
      const { file, line, offset, end } = stretch;
      if (!starts.has(offset)) starts.set(offset, stretch);
      const known = countsOf(file).lines;
      const count = most(hits, section, offset, Math.max(end, offset + 1));
      known.set(line, Math.max(known.get(line) ?? 0, count));
    }
    for (const { name, offset } of functions.filter((each) => each.section === section)) {
      const source = starts.get(offset);
      // What the compiler moved out of the way is no function of the source.
      if (source === undefined || !isPlain(name) || name.endsWith(".cold")) continue;
      countsOf(source.file).functions.set(name, { line: source.line, count: hits(section, offset) });
    }
  }
  return files;
};

const recordOf = (file: string, { lines, functions }: FileCounts): string => {
  const sorted = [...lines].sort(([a], [b]) => a - b);
  const named = [...functions].sort(([, a], [, b]) => a.line - b.line);
  return [
    "TN:kobox",
    `SF:${pathText(file)}`,
    ...named.map(([name, { line }]) => `FN:${line},${name}`),
    ...named.map(([name, { count }]) => `FNDA:${count},${name}`),
    `FNF:${named.length}`,
    `FNH:${named.filter(([, { count }]) => count > 0).length}`,
    ...sorted.map(([line, count]) => `DA:${line},${count}`),
    `LF:${sorted.length}`,
    `LH:${sorted.filter(([, count]) => count > 0).length}`,
    "end_of_record",
    "",
  ].join("\n");
};

/**
 * Makes the tracefile of a module from what was executed; `path` is the module's, for messages. File names are
 * as the compiler was given them. Errors: KoboxError "usage" where the file has no line numbers.
 */
export const openLcov = (bytes: Uint8Array, path: string): LcovWriter => {
  const lines = createSourceLines("", bytes);
  const functions = readFunctions(bytes);
  if (functions.every(({ section }) => lines.stretches(section).length === 0)) {
    throw new KoboxError("usage", `--lcov: ${path} has no line numbers`, {
      hint: "build the module with -g (CONFIG_DEBUG_INFO), and leave .debug_line in",
    });
  }
  return (hits) =>
    [...countAll(functions, lines, hits)].map(([file, counts]) => recordOf(file, counts)).join("");
};
