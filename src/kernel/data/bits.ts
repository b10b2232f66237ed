/** Bitmaps in guest memory, 32 bits at a time: the order of bits is the same in words of any size. */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** Bits [32 * index, 32 * index + 32). */
export type Words = (index: number) => number;

export const wordsAt =
  (memory: GuestMemory, address: Address): Words =>
  (index) =>
    memory.u32(address + index * 4);

/** 32-bit words of `unsigned long[BITS_TO_LONGS(bits)]`. */
export const wordCount = (bits: number): number => Math.ceil(bits / 64) * 2;

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);

/** Keeps the lowest `count` bits. */
const keep = (word: number, count: number): number => (count >= 32 ? word : word & (2 ** count - 1));

/** First set bit at or after `start`; `bits` when there is none. */
export const findNext = (words: Words, bits: number, start: number): number => {
  if (start >= bits) return bits;
  let index = Math.floor(start / 32);
  let word = words(index) & (-1 << (start % 32));
  while (word === 0) {
    index += 1;
    if (index * 32 >= bits) return bits;
    word = words(index);
  }
  return Math.min(bits, index * 32 + lowestBit(word));
};

/** Last set bit below `bits`; `bits` when there is none. */
export const findLast = (words: Words, bits: number): number => {
  for (let index = Math.ceil(bits / 32) - 1; index >= 0; index--) {
    const word = keep(words(index), bits - index * 32);
    if (word !== 0) return index * 32 + 31 - Math.clz32(word);
  }
  return bits;
};

const ones = (word: number): number => {
  let value = word - ((word >>> 1) & 0x5555_5555);
  value = (value & 0x3333_3333) + ((value >>> 2) & 0x3333_3333);
  return Math.imul((value + (value >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
};

/** Set bits among the first `bits`. */
export const weight = (words: Words, bits: number): number => {
  let sum = 0;
  for (let index = 0; index * 32 < bits; index++) sum += ones(keep(words(index), bits - index * 32));
  return sum;
};

/** The `n`th set bit, counted from 0; `bits` when there are fewer. */
export const findNth = (words: Words, bits: number, n: number): number => {
  let left = n;
  for (let index = 0; index * 32 < bits; index++) {
    let word = keep(words(index), bits - index * 32);
    const here = ones(word);
    if (left >= here) {
      left -= here;
      continue;
    }
    for (; left > 0; left--) word &= word - 1;
    return index * 32 + lowestBit(word);
  }
  return bits;
};

/** True when no bit below `bits` is set. */
export const isEmpty = (words: Words, bits: number): boolean => {
  for (let index = 0; index * 32 < bits; index++) {
    if (keep(words(index), bits - index * 32) !== 0) return false;
  }
  return true;
};

/** Stores whole longs, as the kernel's loops do; what lies beyond `bits` is stored as it comes. */
export const store = (memory: GuestMemory, target: Address, bits: number, words: Words): void => {
  for (let index = 0; index < wordCount(bits); index++) {
    memory.setU32(target + index * 4, words(index) >>> 0);
  }
};

/** The same with everything beyond `bits` zero. */
export const masked =
  (words: Words, bits: number): Words =>
  (index) =>
    index * 32 >= bits ? 0 : keep(words(index), bits - index * 32);

/** Shifted up (towards higher bits) by `by`, or down for a negative one. Reads below 0 give 0. */
export const shifted =
  (words: Words, by: number): Words =>
  (index) => {
    const first = index * 32 - by;
    const low = Math.floor(first / 32);
    const offset = first - low * 32;
    const below = low < 0 ? 0 : words(low);
    if (offset === 0) return below;
    const above = low + 1 < 0 ? 0 : words(low + 1);
    return (below >>> offset) | (above << (32 - offset));
  };

/** Sets or clears `length` bits from `start`. */
export const fill = (
  memory: GuestMemory,
  target: Address,
  start: number,
  length: number,
  value: "set" | "clear",
): void => {
  for (let at = start; at < start + length;) {
    const index = Math.floor(at / 32);
    const count = Math.min(32 - (at % 32), start + length - at);
    const mask = (count === 32 ? -1 : 2 ** count - 1) << (at % 32);
    const word = memory.u32(target + index * 4);
    memory.setU32(target + index * 4, (value === "set" ? word | mask : word & ~mask) >>> 0);
    at += count;
  }
};

/** First place at or after `start` where `length` bits are clear, so that place + offset is aligned. */
export const findClearArea = (
  words: Words,
  bits: number,
  start: number,
  length: number,
  alignment: { readonly mask: number; readonly offset: number },
): number => {
  const size = alignment.mask + 1;
  const clear: Words = (index) => ~words(index);
  for (let at = start; ;) {
    const free = findNext(clear, bits, at);
    const place = Math.ceil((free + alignment.offset) / size) * size - alignment.offset;
    const end = place + length;
    if (end > bits) return end;
    const used = findNext(words, end, place);
    if (used >= end) return place;
    at = used + 1;
  }
};
