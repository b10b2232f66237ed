import { mapText } from "unicorn-engine";
import { KoboxError } from "../base/errors.ts";
import { type Packing, packBlock, unpackBlock } from "./packing.ts";

/**
 * The file format of a profile: a header (JSON) and tables, a table being an index (JSON) and blocks
 * of text lines. Each block is compressed by itself, and an index is read when its table is used:
 * looking up a few symbols reads a few kilobytes. All text is latin1.
 *
 *   "KPROFILE" u32 version u32 headerLength header (index block...)...
 */
export interface TableData {
  readonly name: string;
  /** Bytes of text after which a new block begins, counted in the first column. */
  readonly blockSize: number;
  /** A line may not start a block unless this says so (default: any may). */
  readonly splits?: (line: number) => boolean;
  /** What a block is found by: the key of its first line. */
  readonly keyOf: (line: number) => string;
  /** Columns of equally many lines, cut into blocks at the same ones. */
  readonly columns: readonly (readonly string[])[];
}

interface Header {
  readonly packing: Packing;
  readonly meta: unknown;
  readonly tables: readonly TableHeader[];
}

interface TableHeader {
  readonly name: string;
  /** Bytes of the index, and of the blocks behind it. */
  readonly index: number;
  readonly blocks: number;
}

interface TableIndex {
  readonly keys: readonly string[];
  /** Size of each block in the file, one list a column. */
  readonly sizes: readonly (readonly number[])[];
}

interface PackedTable {
  readonly name: string;
  readonly index: TableIndex;
  readonly blocks: readonly Buffer[];
}

const MAGIC = "KPROFILE";
const VERSION = 2;
const FRONT = 16;

/** First lines of the blocks. */
const cut = (table: TableData): number[] => {
  const starts: number[] = [];
  let size = 0;
  (table.columns[0] ?? []).forEach((text, line) => {
    if (line === 0 || (size >= table.blockSize && (table.splits?.(line) ?? true))) {
      starts.push(line);
      size = 0;
    }
    size += text.length + 1;
  });
  return starts;
};

const packTable = (table: TableData): PackedTable => {
  const starts = cut(table);
  const columns = table.columns.map((column) =>
    starts.map((start, index) =>
      packBlock(Buffer.from(column.slice(start, starts[index + 1]).join("\n"), "latin1"), "brotli"),
    ),
  );
  const sizes = columns.map((blocks) => blocks.map((block) => block.length));
  return { name: table.name, index: { keys: starts.map(table.keyOf), sizes }, blocks: columns.flat() };
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), "latin1");

const assemble = (packing: Packing, meta: unknown, tables: readonly PackedTable[]): Buffer => {
  const indexes = tables.map(({ index }) => json(index));
  const headers = tables.map(({ name, blocks }, at): TableHeader => ({
    name,
    index: indexes[at]?.length ?? 0,
    blocks: blocks.reduce((sum, block) => sum + block.length, 0),
  }));
  const header = json({ packing, meta, tables: headers } satisfies Header);
  const front = Buffer.alloc(FRONT);
  front.write(MAGIC, "latin1");
  front.writeUInt32LE(VERSION, 8);
  front.writeUInt32LE(header.length, 12);
  const bodies = tables.flatMap(({ blocks }, at) => [indexes[at] ?? Buffer.alloc(0), ...blocks]);
  return Buffer.concat([front, header, ...bodies]);
};

/** Writes a profile file; the same input and the same zlib give the same bytes. */
export const writeContainer = (meta: unknown, tables: readonly TableData[]): Buffer =>
  assemble("brotli", meta, tables.map(packTable));

const bad = (what: string): never => {
  throw new KoboxError("bad-profile", `kernel profile: ${what}`, {
    hint: "Build it again with `kobox profile`.",
  });
};

/** Where a profile's bytes come from. */
export interface ByteSource {
  readonly size: number;
  /** `length` bytes; fails where the source ends before. */
  read(offset: number, length: number): Buffer;
  /** The same as latin1 text. */
  text(offset: number, length: number): string;
}

export const bufferSource = (file: Buffer): ByteSource => {
  const within = (offset: number, length: number): number =>
    offset + length <= file.length ? offset + length : bad("it is cut off");
  return {
    size: file.length,
    read: (offset, length) => file.subarray(offset, within(offset, length)),
    text: (offset, length) => file.toString("latin1", offset, within(offset, length)),
  };
};

/** A file that is never changed in place: what is read of it is never copied. */
export const fileSource = (path: string): ByteSource => {
  const whole = mapText(path);
  const text: ByteSource["text"] = (offset, length) =>
    offset + length <= whole.length ? whole.slice(offset, offset + length) : bad("it is cut off");
  return {
    size: whole.length,
    text,
    read: (offset, length) => Buffer.from(text(offset, length), "latin1"),
  };
};

export interface Table {
  readonly blockCount: number;
  /** Key of a block's first line. */
  key(block: number): string;
  /** A block's text in one column: lines joined by newlines. Unpacked once. */
  block(column: number, block: number): string;
}

export interface Container {
  readonly meta: unknown;
  /** A table with no blocks when the file has none of that name. */
  table(name: string): Table;
}

const EMPTY: Table = { blockCount: 0, key: () => "", block: () => "" };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return bad("its header is damaged");
  }
};

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isHeader = (value: unknown): value is Header => {
  const header = value as Partial<Header> | null;
  return (
    typeof header === "object" &&
    (header?.packing === "brotli" || header?.packing === "none") &&
    typeof header.meta === "object" &&
    Array.isArray(header.tables) &&
    header.tables.every((one: TableHeader | null) => isSize(one?.index) && isSize(one?.blocks))
  );
};

const isIndex = (value: unknown): value is TableIndex => {
  const index = value as Partial<TableIndex> | null;
  if (typeof index !== "object" || !Array.isArray(index?.keys) || !Array.isArray(index.sizes)) return false;
  const { keys } = index;
  const isColumn = (sizes: unknown): boolean =>
    Array.isArray(sizes) && sizes.length === keys.length && sizes.every(isSize);
  return keys.every((key) => typeof key === "string") && index.sizes.every(isColumn);
};

/** Little-endian, as latin1 text has it. */
const u32At = (text: string, at: number): number =>
  [3, 2, 1, 0].reduce((value, byte) => value * 256 + text.charCodeAt(at + byte), 0);

const readHeader = (source: ByteSource): { readonly header: Header; readonly end: number } => {
  if (source.size < FRONT) bad("not a profile file");
  const front = source.text(0, FRONT);
  if (!front.startsWith(MAGIC)) bad("not a profile file");
  const version = u32At(front, 8);
  if (version !== VERSION) bad(`format ${version}, this kobox reads format ${VERSION}`);
  const length = u32At(front, 12);
  const header = parse(source.text(FRONT, length));
  return isHeader(header) ? { header, end: FRONT + length } : bad("its header contradicts itself");
};

const readIndex = (source: ByteSource, start: number, length: number): TableIndex => {
  const index = parse(source.text(start, length));
  return isIndex(index) ? index : bad("a table's index contradicts itself");
};

const openTable = (source: ByteSource, packing: Packing, header: TableHeader, start: number): Table => {
  const { keys, sizes } = readIndex(source, start, header.index);
  let end = start + header.index;
  const offsets = sizes.map((list) => list.map((size) => (end += size) - size));
  const unpacked = sizes.map((): (string | undefined)[] => []);
  const unpack = (column: number, block: number): string => {
    const [offset, size] = [offsets[column]?.[block] ?? 0, sizes[column]?.[block] ?? 0];
    if (packing === "none") return source.text(offset, size);
    const bytes = source.read(offset, size);
    return (unpackBlock(bytes, packing) ?? bad("a block is damaged")).toString("latin1");
  };
  return {
    blockCount: keys.length,
    key: (block) => keys[block] ?? "",
    block(column, block) {
      const texts = unpacked[column];
      return texts === undefined ? "" : (texts[block] ??= unpack(column, block));
    },
  };
};

/** Opens a profile file; reads no table yet. Damage throws KoboxError "bad-profile", also later. */
export const readContainer = (source: ByteSource): Container => {
  const { header, end } = readHeader(source);
  const opened = new Map<string, Table>();
  const open = (name: string): Table => {
    let start = end;
    for (const one of header.tables) {
      if (one.name === name) return openTable(source, header.packing, one, start);
      start += one.index + one.blocks;
    }
    return EMPTY;
  };
  return {
    meta: header.meta,
    table(name) {
      const table = opened.get(name) ?? open(name);
      opened.set(name, table);
      return table;
    },
  };
};

/** The same profile with its blocks stored as they are: larger, and faster to open. */
export const storedCopy = (file: Buffer): Buffer => {
  const source = bufferSource(file);
  const { header, end } = readHeader(source);
  let at = end;
  const tables = header.tables.map((one): PackedTable => {
    const index = readIndex(source, at, one.index);
    at += one.index;
    const columns = index.sizes.map((sizes) =>
      sizes.map((size) => {
        at += size;
        return unpackBlock(source.read(at - size, size), header.packing) ?? bad("a block is damaged");
      }),
    );
    const sizes = columns.map((blocks) => blocks.map((block) => block.length));
    return { name: one.name, index: { keys: index.keys, sizes }, blocks: columns.flat() };
  });
  return assemble("none", header.meta, tables);
};

/** The last block whose key is not after `key`, by `compare`; -1 when there is none. */
export const findBlock = <K>(table: Table, key: K, compare: (blockKey: string, key: K) => number): number => {
  let [low, high] = [0, table.blockCount];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(table.key(middle), key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
