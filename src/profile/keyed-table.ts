import { type Table, type TableData, findBlock } from "./container.ts";

/**
 * A table of `key TAB value` lines in key order; further columns have a value a line.
 * Byte order of latin1 text is JavaScript's string order.
 */
export interface KeyedTable {
  /** The first column's value, undefined when the key is not there. */
  get(key: string): string | undefined;
  /** Value in a further column (1...). */
  column(key: string, column: number): string | undefined;
  /** All keys and values in order; unpacks everything. */
  entries(): IterableIterator<readonly [key: string, value: string]>;
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Rows are [key, value, further values...]; keys are unique. */
export const keyedTable = (
  name: string,
  blockSize: number,
  rows: readonly (readonly string[])[],
): TableData => {
  const sorted = rows.toSorted((left, right) => byText(left[0] ?? "", right[0] ?? ""));
  const width = Math.max(2, ...sorted.slice(0, 1).map((row) => row.length));
  const further = Array.from({ length: width - 2 }, (_, index) => sorted.map((row) => row[index + 2] ?? ""));
  return {
    name,
    blockSize,
    keyOf: (line) => sorted[line]?.[0] ?? "",
    columns: [sorted.map((row) => `${row[0]}\t${row[1]}`), ...further],
  };
};

/** Where `key`'s line starts in a block, -1 when it has none. */
const lineStart = (text: string, key: string): number => {
  if (text.startsWith(`${key}\t`)) return 0;
  const at = text.indexOf(`\n${key}\t`);
  return at < 0 ? -1 : at + 1;
};

const lineFrom = (text: string, start: number): string => {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.slice(start) : text.slice(start, end);
};

const newlinesBefore = (text: string, end: number): number => {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
  return count;
};

const nthLine = (text: string, line: number): string => {
  let start = 0;
  for (let index = 0; index < line; index++) {
    start = text.indexOf("\n", start) + 1;
    if (start === 0) return "";
  }
  return lineFrom(text, start);
};

/** `open` is called when the first key is asked for. */
export const openKeyedTable = (open: () => Table): KeyedTable => ({
  get(key) {
    const table = open();
    const block = findBlock(table, key, byText);
    if (block < 0) return undefined;
    const text = table.block(0, block);
    const start = lineStart(text, key);
    return start < 0 ? undefined : lineFrom(text, start + key.length + 1);
  },
  column(key, column) {
    const table = open();
    const block = findBlock(table, key, byText);
    if (block < 0) return undefined;
    const text = table.block(0, block);
    const start = lineStart(text, key);
    return start < 0 ? undefined : nthLine(table.block(column, block), newlinesBefore(text, start));
  },
  *entries() {
    const table = open();
    for (let block = 0; block < table.blockCount; block++) {
      for (const line of table.block(0, block).split("\n")) {
        const at = line.indexOf("\t");
        yield [line.slice(0, at), line.slice(at + 1)];
      }
    }
  },
});
