import type { ByteString } from "../base/bytes.ts";
import { stringAt, viewOf } from "./elf.ts";

/** The bytes are no line number information, or end too soon. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

/** Reads .debug_line forwards; whatever lies outside is Malformed. */
export interface LineReader {
  at(): number;
  seek(offset: number): void;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
  uleb(): number;
  sleb(): number;
  /** A NUL-terminated text. */
  text(): ByteString;
  /** A text of .debug_line_str or .debug_str, by a word that may be relocated. */
  textAt(from: "line" | "debug"): ByteString;
  readonly size: number;
}

export const createReader = (
  bytes: Uint8Array,
  relocated: (offset: number) => number | undefined,
  textIn: (from: "line" | "debug", offset: number) => ByteString,
): LineReader => {
  const view = viewOf(bytes);
  const state = { at: 0 };
  const take = (count: number): number => {
    const at = state.at;
    if (!(count >= 0) || at + count > bytes.length) throw new Malformed();
    state.at = at + count;
    return at;
  };
  /** Beyond 2^53 no such number means anything here. */
  const leb = (): { value: number; bits: number; last: number } => {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count += 1) {
      const byte = view.getUint8(take(1));
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if ((byte & 0x80) === 0) return { value, bits: scale, last: byte };
    }
    throw new Malformed();
  };
  return {
    size: bytes.length,
    at: () => state.at,
    seek(offset) {
      if (!(offset >= state.at) || offset > bytes.length) throw new Malformed();
      state.at = offset;
    },
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    u64: () => Number(view.getBigUint64(take(8), true)),
    uleb: () => leb().value,
    sleb() {
      const { value, bits, last } = leb();
      return (last & 0x40) === 0 ? value : value - bits;
    },
    text() {
      const text = stringAt(bytes, state.at, bytes.length);
      take(text.length + 1);
      return text;
    },
    textAt(from) {
      const at = take(4);
      return textIn(from, relocated(at) ?? view.getUint32(at, true));
    },
  };
};

/** Header of one unit's line number program. */
export interface LineHeader {
  /** Where the program ends. */
  readonly end: number;
  readonly minimum: number;
  /** Whether rows begin statements unless told otherwise. */
  readonly statement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of each standard opcode, from opcode 1. */
  readonly lengths: readonly number[];
  /** By the numbers that the program uses. */
  readonly files: readonly ByteString[];
}

/** Leaves the reader at the program. */
export const readHeader = (reader: LineReader): LineHeader => {
  const length = reader.u32();
  // 64-bit DWARF is not made for x86-64 kernels.
  if (length >= 0xfffffff0) throw new Malformed();
  const end = reader.at() + length;
  const version = reader.u16();
  if (end > reader.size || version < 2 || version > 5) throw new Malformed();
  if (version === 5) reader.seek(reader.at() + 2);
  const headerLength = reader.u32();
  const program = reader.at() + headerLength;
  const minimum = reader.u8();
  if (version >= 4) reader.u8();
  const statement = reader.u8() !== 0;
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  if (lineRange === 0 || opcodeBase === 0) throw new Malformed();
  const lengths = Array.from({ length: opcodeBase - 1 }, () => reader.u8());
  const files = version === 5 ? filesOfFive(reader) : filesOfFour(reader);
  reader.seek(program);
  return { end, minimum, statement, lineBase, lineRange, opcodeBase, lengths, files };
};

const joined = (directories: readonly ByteString[], index: number, name: ByteString): ByteString => {
  const directory = index === 0 ? "" : (directories[index] ?? "");
  return directory === "" || name.startsWith("/") ? name : `${directory}/${name}`;
};

/** Directory 0 and file 0 have no entry: they are the unit's own. */
const filesOfFour = (reader: LineReader): ByteString[] => {
  const directories: ByteString[] = [""];
  for (let text = reader.text(); text !== ""; text = reader.text()) directories.push(text);
  const files: ByteString[] = [""];
  for (let name = reader.text(); name !== ""; name = reader.text()) {
    files.push(joined(directories, reader.uleb(), name));
    reader.uleb();
    reader.uleb();
  }
  return files;
};

const CONTENT = { PATH: 1, DIRECTORY: 2 } as const;
const FORM = {
  DATA2: 5,
  DATA4: 6,
  DATA8: 7,
  STRING: 8,
  DATA1: 0xb,
  UDATA: 0xf,
  STRP: 0xe,
  DATA16: 0x1e,
  LINE_STRP: 0x1f,
};

const skipped = (reader: LineReader, count: number): number => {
  reader.seek(reader.at() + count);
  return 0;
};

const formValue = (reader: LineReader, form: number): number | ByteString => {
  switch (form) {
    case FORM.STRING:
      return reader.text();
    case FORM.LINE_STRP:
      return reader.textAt("line");
    case FORM.STRP:
      return reader.textAt("debug");
    case FORM.DATA1:
      return reader.u8();
    case FORM.DATA2:
      return reader.u16();
    case FORM.DATA4:
      return reader.u32();
    case FORM.DATA8:
      return reader.u64();
    case FORM.UDATA:
      return reader.uleb();
    case FORM.DATA16:
      return skipped(reader, 16);
    default:
      throw new Malformed();
  }
};

interface Entry {
  readonly path: ByteString;
  readonly directory: number;
}

/** One of the two tables of DWARF 5: a description of the columns, then the entries. */
const entries = (reader: LineReader): Entry[] => {
  const columns = Array.from({ length: reader.u8() }, () => ({
    content: reader.uleb(),
    form: reader.uleb(),
  }));
  const count = reader.uleb();
  // Every entry takes a byte at least.
  if (columns.length === 0 ? count > 0 : count > reader.size) throw new Malformed();
  return Array.from({ length: count }, () => {
    let [path, directory] = ["", 0];
    for (const { content, form } of columns) {
      const value = formValue(reader, form);
      if (content === CONTENT.PATH && typeof value === "string") path = value;
      if (content === CONTENT.DIRECTORY && typeof value === "number") directory = value;
    }
    return { path, directory };
  });
};

const filesOfFive = (reader: LineReader): ByteString[] => {
  const directories = entries(reader).map(({ path }) => path);
  return entries(reader).map(({ path, directory }) => joined(directories, directory, path));
};
