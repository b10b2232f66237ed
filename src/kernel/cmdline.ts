import type { ByteString } from "../base/bytes.ts";
import { simpleSigned, simpleUnsigned } from "./number.ts";

/** What follows an option's number: nothing, the end of the list, a comma, or a range's minus. */
export type OptionEnd = "none" | "last" | "comma" | "range";

/** `get_option`'s return values. */
export const OPTION_RESULT: Readonly<Record<OptionEnd, number>> = { none: 0, last: 1, comma: 2, range: 3 };

export interface Option {
  readonly kind: OptionEnd;
  /** C int; undefined when there is no text at all and nothing was stored. */
  readonly value: number | undefined;
  /** Where reading goes on. */
  readonly end: number;
}

const int = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** One number of a comma-separated list (`get_option` in lib/cmdline.c). */
export const getOption = (text: ByteString, at: number): Option => {
  if (at >= text.length) return { kind: "none", value: undefined, end: at };
  const minus = text[at] === "-";
  const start = minus ? at + 1 : at;
  const { value, end } = simpleUnsigned(text, start, 0);
  const stored = int(minus ? -value : value);
  if (end === start) return { kind: "none", value: stored, end };
  if (text[end] === ",") return { kind: "comma", value: stored, end: end + 1 };
  return { kind: text[end] === "-" ? "range" : "last", value: stored, end };
};

export interface Options {
  /** What to write: `ints[index] = value`, in order; index 0 is the count. */
  readonly writes: readonly (readonly [index: number, value: number])[];
  readonly end: number;
}

/** A range's numbers but the last, from `index` on; answers how many there would be. */
const expandRange = (
  text: ByteString,
  at: number,
  first: number,
  store: (offset: number, value: number) => void,
  room: number,
): number => {
  const last = int(simpleSigned(text, at, 0).value);
  for (let offset = 0; offset < room && first + offset < last; offset++) store(offset, first + offset);
  return (last - first) | 0;
};

/** A list such as "1,3-5" into an array of `count` ints (`get_options`); 0 only counts. */
export const getOptions = (text: ByteString, count: number): Options => {
  const writes: [number, number][] = [];
  const counting = count === 0;
  const limit = counting ? Infinity : count;
  let at = 0;
  let index = 1;
  while (index < limit) {
    const slot = counting ? 0 : index;
    const option = getOption(text, at);
    at = option.end;
    if (option.value !== undefined) writes.push([slot, option.value]);
    if (option.kind === "none") break;
    if (option.kind === "range") {
      at++;
      const store = (offset: number, value: number): number => writes.push([slot + offset, value]);
      const numbers = expandRange(text, at, option.value ?? 0, store, counting ? 0 : count - index);
      if (numbers < 0) break;
      index = (index + numbers - 1) | 0;
    }
    index++;
    if (option.kind === "last") break;
  }
  writes.push([0, index - 1]);
  return { writes, end: at };
};
