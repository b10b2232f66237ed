import { type Address, addressFromHalves } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";

/** One line of /proc/kallsyms. */
export interface KernelSymbol {
  readonly name: string;
  /** nm's letter. */
  readonly type: string;
  readonly address: Address;
}

/** "0".."9" as the token table has them: characters that occur in names keep their own token. */
const DIGITS = Buffer.from("0123456789".split("").join("\0") + "\0");
const DIGIT_0 = 0x30;
const MAX_SYMBOLS = 4_000_000;

const align = (at: number, to: number): number => Math.ceil(at / to) * to;

interface TokenTable {
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly string[];
}

/** Checks whether the digits at `digits` lie in a token table with its index behind it. */
const tokenTableAt = (image: Buffer, digits: number): TokenTable | undefined => {
  let end = digits;
  for (let token = DIGIT_0; token < 256; token++) {
    end = image.indexOf(0, end) + 1;
    if (end === 0) return undefined;
  }
  const index = align(end, 8);
  if (index + 512 > image.length) return undefined;
  const start = digits - image.readUInt16LE(index + 2 * DIGIT_0);
  const tokens: string[] = [];
  for (let token = 0, at = start; token < 256; token++) {
    if (at < 0 || image.readUInt16LE(index + 2 * token) !== at - start) return undefined;
    const next = image.indexOf(0, at) + 1;
    tokens.push(image.toString("latin1", at, next - 1));
    at = next;
  }
  return { start, end: index + 512, tokens };
};

const findTokenTable = (image: Buffer): TokenTable | undefined => {
  for (let at = image.indexOf(DIGITS); at >= 0; at = image.indexOf(DIGITS, at + 1)) {
    const table = tokenTableAt(image, at);
    if (table !== undefined) return table;
  }
  return undefined;
};

interface Names {
  /** Where kallsyms_num_syms stands. */
  readonly start: number;
  readonly count: number;
  /** Where each name's length byte stands. */
  readonly offsets: Uint32Array;
}

/** Length of the length field and of the name behind it (two bytes for long names). */
const nameLength = (image: Buffer, at: number): readonly [head: number, length: number] => {
  const first = image[at] ?? 0;
  return first & 0x80 ? [2, (first & 0x7f) | ((image[at + 1] ?? 0) << 7)] : [1, first];
};

/** Walks the names that would start at `start`, and checks them by the markers that follow. */
const namesAt = (image: Buffer, start: number, limit: number): Names | undefined => {
  const count = image.readUInt32LE(start);
  if (count < 1000 || count > MAX_SYMBOLS || image.readUInt32LE(start + 4) !== 0) return undefined;
  // A name takes two bytes at least.
  if (start + 8 + 2 * count > limit) return undefined;
  const offsets = new Uint32Array(count);
  let at = start + 8;
  for (let index = 0; index < count; index++) {
    const [head, length] = nameLength(image, at);
    if (length === 0 || at > limit) return undefined;
    offsets[index] = at;
    at += head + length;
  }
  const markers = align(at, 8);
  if (markers + 4 * Math.ceil(count / 256) > image.length) return undefined;
  for (let block = 0; block * 256 < count; block++) {
    const marker = image.readUInt32LE(markers + 4 * block);
    if (marker !== (offsets[block * 256] ?? 0) - start - 8) return undefined;
  }
  return { start, count, offsets };
};

const findNames = (image: Buffer, before: number): Names | undefined => {
  for (let at = align(before, 8) - 16; at >= Math.max(0, before - (64 << 20)); at -= 8) {
    const names = namesAt(image, at, before);
    if (names !== undefined) return names;
  }
  return undefined;
};

/** Reads addresses: an array of 32-bit offsets followed by the base that they are relative to. */
const addressesAt = (image: Buffer, offsets: number, count: number): Address[] | undefined => {
  const baseAt = align(offsets + 4 * count, 8);
  if (offsets < 0 || baseAt + 8 > image.length) return undefined;
  const base = addressFromHalves(image.readUInt32LE(baseAt), image.readUInt32LE(baseAt + 4));
  if (base >= 0 || base < -(2 ** 31)) return undefined;
  const raw = Array.from({ length: count }, (_, index) => image.readInt32LE(offsets + 4 * index));
  // CONFIG_KALLSYMS_ABSOLUTE_PERCPU (until 6.15): what is not per-CPU is counted down from -1.
  const absolutePercpu = raw.filter((offset) => offset < 0).length > count / 2;
  return raw.map((offset) =>
    absolutePercpu ? (offset >= 0 ? offset : base - 1 - offset) : base + (offset >>> 0),
  );
};

const expand = (image: Buffer, at: number, tokens: readonly string[]): string => {
  const [head, length] = nameLength(image, at);
  let text = "";
  for (let index = 0; index < length; index++) text += tokens[image[at + head + index] ?? 0] ?? "";
  return text;
};

/**
 * Finds the symbol table that a kernel image carries for its own use, without any symbol's help
 * (kernel/kallsyms.c, scripts/kallsyms.c). Until 6.3 the addresses stand before the names, since
 * then behind the token table. In address order; KoboxError "no-kallsyms" when there is none.
 */
export const readKallsyms = (image: Buffer): KernelSymbol[] => {
  const table = findTokenTable(image);
  const names = table && findNames(image, table.start);
  if (table === undefined || names === undefined) {
    throw new KoboxError("no-kallsyms", "kernel image: no symbol table found", {
      hint: "The kernel must be built with CONFIG_KALLSYMS.",
    });
  }
  const { count } = names;
  const addresses =
    addressesAt(image, names.start - 8 - align(4 * count, 8), count) ??
    addressesAt(image, align(table.end, 8), count);
  if (addresses === undefined)
    throw new KoboxError("no-kallsyms", "kernel image: symbol addresses not found");
  return addresses.map((address, index) => {
    const text = expand(image, names.offsets[index] ?? 0, table.tokens);
    return { name: text.slice(1), type: text[0] ?? "?", address };
  });
};
