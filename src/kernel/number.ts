import { EINVAL, ERANGE } from "../base/errno.ts";
import type { ByteString } from "../base/bytes.ts";
import { Errno } from "../base/errors.ts";
import { byteAt, isxdigit } from "./ctype.ts";

const MAX_U64 = 2n ** 64n - 1n;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Digits read from a text. */
export interface ParsedInteger {
  /** Modulo 2^64. */
  readonly value: bigint;
  /** Where the digits end. */
  readonly end: number;
  readonly digits: number;
  readonly overflow: boolean;
}

const digitAt = (text: ByteString, at: number): number => {
  const char = byteAt(text, at);
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const lower = char | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : Infinity;
};

/** `_parse_integer_limit` (lib/kstrtox.c): digits of `base`, at most `max` of them. */
const parseDigits = (text: ByteString, at: number, base: number, max = Infinity): ParsedInteger => {
  let end = at;
  // Eight digits always fit a double; only longer numbers pay for bigints.
  let small = 0;
  let value = 0n;
  let overflow = false;
  for (let digit = digitAt(text, end); digit < base && end - at < max; digit = digitAt(text, end)) {
    const digits = end++ - at;
    if (digits < 8) {
      small = small * base + digit;
      value = digits === 7 ? BigInt(small) : 0n;
      continue;
    }
    const wide = value * BigInt(base) + BigInt(digit);
    if (wide > MAX_U64) overflow = true;
    value = u64(wide);
  }
  const digits = end - at;
  return { value: digits < 8 ? BigInt(small) : value, end, digits, overflow };
};

/** Resolves base 0 and skips a "0x" (`_parse_integer_fixup_radix`). */
const fixupRadix = (text: ByteString, at: number, base: number): { base: number; at: number } => {
  const hexPrefix = text[at] === "0" && (byteAt(text, at + 1) | 0x20) === 0x78;
  let resolved = base;
  if (base === 0) {
    if (text[at] !== "0") resolved = 10;
    else resolved = hexPrefix && isxdigit(byteAt(text, at + 2)) ? 16 : 8;
  }
  return { base: resolved, at: resolved === 16 && hexPrefix ? at + 2 : at };
};

const wholeUnsigned = (text: ByteString, from: number, base: number): bigint => {
  const start = fixupRadix(text, from, base);
  const { value, end, digits, overflow } = parseDigits(text, start.at, start.base);
  if (overflow) throw new Errno(ERANGE);
  const rest = text[end] === "\n" ? end + 1 : end;
  if (digits === 0 || rest < text.length) throw new Errno(EINVAL);
  return value;
};

/** `kstrtoull`: the whole text is one number, with at most one newline. Errors: EINVAL, ERANGE. */
export const kstrtoull = (text: ByteString, base: number): bigint =>
  wholeUnsigned(text, text[0] === "+" ? 1 : 0, base);

/** `kstrtoll`: the same with a sign. Errors: EINVAL, ERANGE. */
export const kstrtoll = (text: ByteString, base: number): bigint => {
  if (text[0] !== "-") {
    const value = kstrtoull(text, base);
    if (value > MAX_U64 >> 1n) throw new Errno(ERANGE);
    return value;
  }
  const negated = BigInt.asIntN(64, -wholeUnsigned(text, 1, base));
  if (negated > 0n) throw new Errno(ERANGE);
  return negated;
};

/** `kstrtou8` to `kstrtoull`. */
export const kstrtoUnsigned = (text: ByteString, base: number, bits: number): bigint => {
  const value = kstrtoull(text, base);
  if (BigInt.asUintN(bits, value) !== value) throw new Errno(ERANGE);
  return value;
};

/** `kstrtos8` to `kstrtoll`. */
export const kstrtoSigned = (text: ByteString, base: number, bits: number): bigint => {
  const value = kstrtoll(text, base);
  if (BigInt.asIntN(bits, value) !== value) throw new Errno(ERANGE);
  return value;
};

/** `kstrtobool`: y, t, 1, on; n, f, 0, off; only the first letters count. Errors: EINVAL. */
export const kstrtobool = (text: ByteString): boolean => {
  if (/^([yYtT1]|[oO][nN])/.test(text)) return true;
  if (/^([nNfF0]|[oO][fF])/.test(text)) return false;
  throw new Errno(EINVAL);
};

/** A number at the start of a text, and where it ends. */
export interface LeadingNumber {
  readonly value: bigint;
  readonly end: number;
}

/** `simple_strntoull` (lib/vsprintf.c): wraps on overflow, 0 without digits. Unsigned 64-bit value. */
export const simpleUnsigned = (text: ByteString, at: number, base: number, max = Infinity): LeadingNumber => {
  const start = fixupRadix(text, at, base);
  const prefix = start.at - at;
  if (prefix >= max) return { value: 0n, end: at + max };
  const { value, end } = parseDigits(text, start.at, start.base, max - prefix);
  return { value, end };
};

/** `simple_strntoll`: the same after a minus. Signed 64-bit value. */
export const simpleSigned = (text: ByteString, at: number, base: number, max = Infinity): LeadingNumber => {
  if (text[at] !== "-" || max <= 0) {
    const { value, end } = simpleUnsigned(text, at, base, max);
    return { value: BigInt.asIntN(64, value), end };
  }
  const { value, end } = simpleUnsigned(text, at + 1, base, max - 1);
  return { value: BigInt.asIntN(64, -value), end };
};

const SIZE_LETTERS = "kmgtpe";

/** `memparse` (lib/cmdline.c): a number and one of K M G T P E. Unsigned 64-bit value. */
export const memparse = (text: ByteString): LeadingNumber => {
  const { value, end } = simpleUnsigned(text, 0, 0);
  const letter = text[end]?.toLowerCase() ?? "";
  const power = letter === "" ? -1 : SIZE_LETTERS.indexOf(letter);
  return power < 0 ? { value, end } : { value: u64(value << BigInt(10 * (power + 1))), end: end + 1 };
};
