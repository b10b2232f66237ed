/**
 * The kernel's character classes (lib/ctype.c): Latin-1, so bytes above 127 are letters, punctuation
 * and, for 160, a space. Every function takes a byte; a missing character counts as NUL.
 */

/** First byte of each range and its class bits, as lib/ctype.c lays the table out. */
const UPPER = 0x01;
const LOWER = 0x02;
const DIGIT = 0x04;
const CONTROL = 0x08;
const PUNCTUATION = 0x10;
const SPACE = 0x20;
const HEX = 0x40;
const HARD_SPACE = 0x80;

const RANGES: readonly (readonly [from: number, bits: number])[] = [
  [0, CONTROL],
  [9, CONTROL | SPACE],
  [14, CONTROL],
  [32, SPACE | HARD_SPACE],
  [33, PUNCTUATION],
  [48, DIGIT],
  [58, PUNCTUATION],
  [65, UPPER | HEX],
  [71, UPPER],
  [91, PUNCTUATION],
  [97, LOWER | HEX],
  [103, LOWER],
  [123, PUNCTUATION],
  [127, CONTROL],
  [128, 0],
  [160, SPACE | HARD_SPACE],
  [161, PUNCTUATION],
  [192, UPPER],
  [215, PUNCTUATION],
  [216, UPPER],
  [223, LOWER],
  [247, PUNCTUATION],
  [248, LOWER],
];

let cached: Uint8Array | undefined;

/** The 256 class bytes that the exported variable `_ctype` holds. */
export const ctypeTable = (): Uint8Array => {
  if (cached !== undefined) return cached;
  const table = new Uint8Array(256);
  for (const [from, bits] of RANGES) table.fill(bits, from);
  cached = table;
  return table;
};

const has = (byte: number, bits: number): boolean => ((ctypeTable()[byte & 0xff] ?? 0) & bits) !== 0;

export const isalnum = (byte: number): boolean => has(byte, UPPER | LOWER | DIGIT);
export const isalpha = (byte: number): boolean => has(byte, UPPER | LOWER);
export const isspace = (byte: number): boolean => has(byte, SPACE);
export const isprint = (byte: number): boolean => has(byte, PUNCTUATION | UPPER | LOWER | DIGIT | HARD_SPACE);
export const isxdigit = (byte: number): boolean => has(byte, DIGIT | HEX);
export const isdigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
export const isascii = (byte: number): boolean => byte < 0x80;

/** The byte at `index`, 0 at and beyond the end, as a C string reads. */
export const byteAt = (text: string, index: number): number =>
  index < text.length ? text.charCodeAt(index) : 0;
