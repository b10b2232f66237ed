import { fstatSync, openSync, readSync } from "node:fs";
import { KoboxError } from "../base/errors.ts";

// node:zlib is loaded when a compressed block is met: a stored profile starts faster without it.
const zlib = (): typeof import("node:zlib") => process.getBuiltinModule("node:zlib");

/**
 * The file format of a profile: a header (JSON) and blocks of text lines, each block compressed by
 * itself, so that looking up a few symbols unpacks a few kilobytes. A table is a list of lines in
 * order, cut into blocks; its columns are cut at the same lines. All text is latin1.
 *
 *   "KPROFILE" u32 version u32 headerLength header block...
 */
export interface TableData {
  readonly name: string;
  /** Bytes of text after which a new block begins, counted in the first column. */
  readonly blockSize: number;
  /** A line may not start a block unless this says so (default: any may). */
  readonly splits?: (line: number) => boolean;
  /** What a block is found by: the key of its first line. */
  readonly keyOf: (line: number) => string;
  /** Columns of equally many lines. */
  readonly columns: readonly (readonly string[])[];
}

interface TableHeader {
  readonly name: string;
  readonly keys: readonly string[];
  /** Lines in each block. */
  readonly counts: readonly number[];
  /** Compressed size of each block, one list a column. */
  readonly sizes: readonly (readonly number[])[];
}

/** "brotli" for the repository, "none" for a copy that opens faster. */
export type Packing = "brotli" | "none";

interface Header {
  readonly packing: Packing;
  readonly meta: unknown;
  readonly tables: readonly TableHeader[];
}

const MAGIC = "KPROFILE";
const VERSION = 1;
const FRONT = 16;
/** A block unpacks to less than this, whatever it claims. */
const MAX_BLOCK = 16 << 20;

const pack = (raw: Buffer, packing: Packing): Buffer => {
  if (packing === "none") return raw;
  const { brotliCompressSync, constants } = zlib();
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 20,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
};

/** First lines of the blocks. */
const cut = (table: TableData): number[] => {
  const starts: number[] = [];
  let size = Infinity;
  (table.columns[0] ?? []).forEach((text, line) => {
    if (size >= table.blockSize && (table.splits?.(line) ?? true)) {
      starts.push(line);
      size = 0;
    }
    size += text.length + 1;
  });
  return starts;
};

/** Writes a profile file; the same input and the same zlib give the same bytes. */
export const writeContainer = (meta: unknown, tables: readonly TableData[]): Buffer => {
  const packing = "brotli";
  const blocks: Buffer[] = [];
  const headers = tables.map((table): TableHeader => {
    const starts = cut(table);
    const lines = table.columns[0]?.length ?? 0;
    const ends = starts.map((_, index) => starts[index + 1] ?? lines);
    const sizes = table.columns.map((column) =>
      starts.map((start, index) => {
        const block = pack(Buffer.from(column.slice(start, ends[index]).join("\n"), "latin1"), packing);
        blocks.push(block);
        return block.length;
      }),
    );
    const counts = starts.map((start, index) => (ends[index] ?? lines) - start);
    return { name: table.name, keys: starts.map(table.keyOf), counts, sizes };
  });
  return assemble({ packing, meta, tables: headers }, blocks);
};

const assemble = (header: Header, blocks: readonly Buffer[]): Buffer => {
  const text = Buffer.from(JSON.stringify(header), "latin1");
  const front = Buffer.alloc(FRONT);
  front.write(MAGIC, "latin1");
  front.writeUInt32LE(VERSION, 8);
  front.writeUInt32LE(text.length, 12);
  return Buffer.concat([front, text, ...blocks]);
};

const bad = (what: string): never => {
  throw new KoboxError("bad-profile", `kernel profile: ${what}`, {
    hint: "Build it again with `kobox profile`.",
  });
};

export interface Table {
  readonly blockCount: number;
  /** Key of a block's first line. */
  key(block: number): string;
  /** First line of a block, counted over the whole table. */
  firstLine(block: number): number;
  /** A block's text in one column: lines joined by newlines. Unpacked once. */
  block(column: number, block: number): string;
}

/** Where a profile's bytes come from. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Buffer;
}

export const bufferSource = (file: Buffer): ByteSource => ({
  size: file.length,
  read: (offset, length) => file.subarray(offset, offset + length),
});

/** Reads what is asked for, when it is asked for; the file stays open as long as the process lives. */
export const fileSource = (path: string): ByteSource => {
  const fd = openSync(path, "r");
  return {
    size: fstatSync(fd).size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      const got = readSync(fd, bytes, 0, length, offset);
      return got === length ? bytes : bad("the file is shorter than it was");
    },
  };
};

export interface Container {
  readonly meta: unknown;
  /** A table with no blocks when the file has none of that name. */
  table(name: string): Table;
}

const EMPTY: Table = { blockCount: 0, key: () => "", firstLine: () => 0, block: () => "" };

const parseHeader = (text: string): Header => {
  try {
    const header = JSON.parse(text) as Header;
    const fine = (table: TableHeader): boolean =>
      table.counts.length === table.keys.length &&
      table.keys.every((key) => typeof key === "string") &&
      table.sizes.every((list) => list.length === table.keys.length && list.every((size) => size >= 0));
    return header.tables.every(fine) ? header : bad("its header contradicts itself");
  } catch (cause) {
    if (cause instanceof KoboxError) throw cause;
    return bad("its header is damaged");
  }
};

interface OpenTable {
  readonly table: Table;
  readonly end: number;
}

const openTable = (source: ByteSource, packing: Packing, header: TableHeader, start: number): OpenTable => {
  let end = start;
  const ranges = header.sizes.map((sizes) => {
    const from = end;
    for (const size of sizes) end += size;
    return { from, sizes };
  });
  if (!(end <= source.size)) bad("a table reaches past the end");
  let line = 0;
  const firstLines = header.counts.map((count) => (line += count) - count);
  const unpacked = ranges.map((): (string | undefined)[] => []);
  const unpack = (column: number, block: number): string => {
    const { from, sizes } = ranges[column] ?? bad("no such column");
    const at = sizes.slice(0, block).reduce((sum, size) => sum + size, from);
    const packed = source.read(at, sizes[block] ?? 0);
    return (packing === "none" ? packed : inflate(packed)).toString("latin1");
  };
  const table: Table = {
    blockCount: header.keys.length,
    key: (block) => header.keys[block] ?? "",
    firstLine: (block) => firstLines[block] ?? line,
    block: (column, block) => ((unpacked[column] ??= [])[block] ??= unpack(column, block)),
  };
  return { table, end };
};

const inflate = (packed: Buffer): Buffer => {
  try {
    return zlib().brotliDecompressSync(packed, { maxOutputLength: MAX_BLOCK });
  } catch {
    return bad("a block is damaged");
  }
};

const readHeader = (source: ByteSource): { header: Header; end: number } => {
  const front = source.read(0, Math.min(FRONT, source.size));
  if (front.length < FRONT || front.toString("latin1", 0, 8) !== MAGIC) bad("not a profile file");
  const version = front.readUInt32LE(8);
  if (version !== VERSION) bad(`version ${version}, this kobox reads ${VERSION}`);
  const length = front.readUInt32LE(12);
  if (FRONT + length > source.size) bad("its header is cut off");
  return { header: parseHeader(source.read(FRONT, length).toString("latin1")), end: FRONT + length };
};

/** Opens a profile file; reads no block yet. Damage throws KoboxError "bad-profile". */
export const readContainer = (source: ByteSource): Container => {
  const { header, end } = readHeader(source);
  let start = end;
  const tables = new Map<string, Table>();
  for (const one of header.tables) {
    const opened = openTable(source, header.packing, one, start);
    tables.set(one.name, opened.table);
    start = opened.end;
  }
  return { meta: header.meta, table: (name) => tables.get(name) ?? EMPTY };
};

/** The same profile with its blocks stored as they are: larger, and faster to open. */
export const storedCopy = (file: Buffer): Buffer => {
  const { header, end } = readHeader(bufferSource(file));
  if (header.packing === "none") return file;
  const blocks: Buffer[] = [];
  let at = end;
  const tables = header.tables.map((table) => {
    const sizes = table.sizes.map((list) =>
      list.map((size) => {
        const block = inflate(file.subarray(at, at + size));
        at += size;
        blocks.push(block);
        return block.length;
      }),
    );
    return { ...table, sizes };
  });
  return assemble({ ...header, packing: "none", tables }, blocks);
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
