/** Bob Jenkins' lookup3 as include/linux/jhash.h has it: the result depends on bytes, not on alignment. */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

const INITIAL = 0xdead_beef;
/** Bytes of a block: three words. */
const BLOCK = 12;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** The three words of state, each with 32 bits that count. */
type State = readonly [a: number, b: number, c: number];

const mix = ([first, second, third]: State): State => {
  let [a, b, c] = [first, second, third];
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
};

const final = ([first, second, third]: State): number => {
  let [a, b, c] = [first, second, third];
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
};

/** Up to four bytes as a little-endian word. */
const word = (memory: GuestMemory, at: Address, length: number): number => {
  if (length >= 4) return memory.u32(at);
  let value = 0;
  for (let index = 0; index < length; index++) value |= memory.u8(at + index) << (index * 8);
  return value;
};

/** jhash(), and jhash2() of `length / 4` words: they agree where the length is a multiple of four. */
export const jhash = (memory: GuestMemory, key: Address, length: number, seed: number): number => {
  const start = (INITIAL + length + seed) | 0;
  let state: State = [start, start, start];
  let [at, left] = [key, length];
  const add = (): State => [
    (state[0] + word(memory, at, left)) | 0,
    (state[1] + word(memory, at + 4, left - 4)) | 0,
    (state[2] + word(memory, at + 8, left - 8)) | 0,
  ];
  for (; left > BLOCK; at += BLOCK, left -= BLOCK) state = mix(add());
  return left === 0 ? state[2] >>> 0 : final(add());
};
