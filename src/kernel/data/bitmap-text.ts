/** Bitmaps as text, as lib/bitmap.c and lib/vsprintf.c have them: lists ("0-3,8-15:1/2") and hexadecimal ("f,0000000f"). */
import { EINVAL, EOVERFLOW, ERANGE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { byteAt, isdigit, isspace, isxdigit } from "../ctype.ts";
import { findNext, masked, type Words } from "./bits.ts";

const CHUNK = 32;

/** 32-bit groups, the highest first and as short as its bits. */
export const hexText = (words: Words, bits: number): string => {
  const known = masked(words, bits);
  const parts: string[] = [];
  for (let index = Math.ceil(bits / CHUNK) - 1; index >= 0; index--) {
    const size = Math.min(CHUNK, bits - index * CHUNK);
    parts.push((known(index) >>> 0).toString(16).padStart(Math.ceil(size / 4), "0"));
  }
  return parts.join(",");
};

/** Ranges of set bits. */
export const listText = (words: Words, bits: number): string => {
  const parts: string[] = [];
  const clear: Words = (index) => ~words(index);
  for (let first = findNext(words, bits, 0); first < bits;) {
    const end = findNext(clear, bits, first);
    parts.push(end - first === 1 ? `${first}` : `${first}-${end - 1}`);
    first = findNext(words, bits, end);
  }
  return parts.join(",");
};

/** Bits [start, start + length). */
export interface BitRun {
  readonly start: number;
  readonly length: number;
}

const U32 = 2 ** 32;
const NEWLINE = 0x0a;
const COMMA = 0x2c;

const separates = (byte: number): boolean => isspace(byte) || byte === COMMA;
const ends = (byte: number): boolean => byte === 0 || byte === NEWLINE;

interface Reader {
  readonly text: string;
  readonly bits: number;
  at: number;
  done: boolean;
}

const peek = ({ text, at }: Reader): number => byteAt(text, at);

const take = (reader: Reader, character: string): boolean => {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
};

const demand = (reader: Reader, character: string): void => {
  if (!take(reader, character)) throw new Errno(EINVAL);
};

/** A decimal number, or N for the last bit. */
const readNumber = (reader: Reader): number => {
  if (take(reader, "N")) return reader.bits - 1;
  let value = 0;
  const start = reader.at;
  for (; isdigit(peek(reader)); reader.at++) value = value * 10 + peek(reader) - 0x30;
  if (reader.at === start) throw new Errno(EINVAL);
  if (value >= U32) throw new Errno(EOVERFLOW);
  return value;
};

/** `first[-last[:used/group]]`, or `all[:used/group]`, as runs of bits. */
const readRegion = (reader: Reader): Iterable<BitRun> => {
  const all = reader.text.slice(reader.at, reader.at + 3).toLowerCase() === "all";
  if (all) reader.at += 3;
  const start = all ? 0 : readNumber(reader);
  const atEnd = (): boolean => separates(peek(reader)) || ends(peek(reader));
  const range = all || !atEnd();
  if (range && !all) demand(reader, "-");
  const end = all ? reader.bits - 1 : range ? readNumber(reader) : start;
  let used = (end + 1) % U32;
  let group = used;
  if (range && !atEnd()) {
    demand(reader, ":");
    used = readNumber(reader);
    demand(reader, "/");
    group = readNumber(reader);
  } else {
    // Behind a group, a newline is a separator like any other.
    reader.done = ends(peek(reader));
  }
  if (start > end || group === 0 || used > group) throw new Errno(EINVAL);
  if (end >= reader.bits) throw new Errno(ERANGE);
  return runs(start, end, used, group);
};

function* runs(start: number, end: number, used: number, group: number): Generator<BitRun> {
  for (let at = start; at <= end; at += group) yield { start: at, length: Math.min(end - at + 1, used) };
}

/**
 * Runs of a list, in order. Errors: EINVAL (format), ERANGE (beyond `bits`), EOVERFLOW (a number beyond 32 bits),
 * each after the runs before it.
 */
export function* parseList(text: string, bits: number): Generator<BitRun> {
  const reader: Reader = { text, bits, at: 0, done: false };
  while (!reader.done) {
    while (separates(peek(reader))) reader.at += 1;
    if (ends(peek(reader))) return;
    yield* readRegion(reader);
  }
}

const DIGITS = CHUNK / 4;

/**
 * 32-bit chunks of hexadecimal digits, the lowest first, read from the end of `text`. Errors: EINVAL (no digit),
 * EOVERFLOW (more than eight digits in one), each after the chunks before it.
 */
export function* parseChunks(text: string): Generator<number> {
  for (let end = text.length; ;) {
    while (end > 0 && separates(byteAt(text, end - 1))) end -= 1;
    if (end === 0) return;
    let start = end;
    do {
      start -= 1;
      if (!isxdigit(byteAt(text, start))) throw new Errno(EINVAL);
    } while (end - start < DIGITS && start > 0 && !separates(byteAt(text, start - 1)));
    const whole = end - start === DIGITS && start > 0 && !separates(byteAt(text, start - 1));
    if (whole && isxdigit(byteAt(text, start - 1))) throw new Errno(EOVERFLOW);
    yield Number.parseInt(text.slice(start, end), 16);
    // What is in front of eight digits and is none itself is passed over.
    end = whole ? start - 1 : start;
  }
}
