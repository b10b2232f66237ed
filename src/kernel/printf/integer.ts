import type { ByteString } from "../../base/bytes.ts";
import { LEFT, PLUS, type PrintfSpec, SIGN, SMALL, SPACE, SPECIAL, ZEROPAD, newSpec } from "./spec.ts";

/**
 * One integer (`number` in lib/vsprintf.c). With SIGN in the flags `value` is signed; without, it
 * must not be negative. Numbers up to 2^53 may be passed as such.
 */
export const formatInteger = (value: number | bigint, spec: PrintfSpec): ByteString => {
  const { flags, base } = spec;
  const sign = signOf(value, flags);
  const prefix = prefixOf(value, spec);
  let digits = (value < 0 ? -value : value).toString(base);
  if (base === 16 && (flags & SMALL) === 0) digits = digits.toUpperCase();
  // Zero in octal has no prefix but its width is not reduced either.
  const padding = spec.width - sign.length - prefix.length - Math.max(digits.length, spec.precision);
  if (digits.length < spec.precision) digits = digits.padStart(spec.precision, "0");
  if (padding <= 0) return sign + prefix + digits;
  if ((flags & LEFT) !== 0) return sign + prefix + digits + " ".repeat(padding);
  if ((flags & ZEROPAD) !== 0) return sign + prefix + "0".repeat(padding) + digits;
  return " ".repeat(padding) + sign + prefix + digits;
};

const signOf = (value: number | bigint, flags: number): string => {
  if ((flags & SIGN) === 0) return "";
  if (value < 0) return "-";
  if ((flags & PLUS) !== 0) return "+";
  return (flags & SPACE) !== 0 ? " " : "";
};

const prefixOf = (value: number | bigint, spec: PrintfSpec): string => {
  if ((spec.flags & SPECIAL) === 0 || spec.base === 10) return "";
  if (spec.base === 8) return value == 0 ? "" : "0";
  return (spec.flags & SMALL) === 0 ? "0X" : "0x";
};

/** `0x` and two zero-padded digits a byte. */
export const specialHex = (value: number | bigint, bytes: number): ByteString =>
  formatInteger(value, newSpec({ width: 2 + 2 * bytes, flags: SPECIAL | SMALL | ZEROPAD, base: 16 }));

/** Plain decimal, as nested conversions print it. */
export const decimal = (value: number | bigint): ByteString => value.toString(10);

/** Hexadecimal with its prefix, as unnamed flag bits are printed. */
export const prefixedHex = (value: number | bigint): ByteString => `0x${value.toString(16)}`;

export const unsigned64 = (value: number | bigint): bigint => BigInt.asUintN(64, BigInt(value));
