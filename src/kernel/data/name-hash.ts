/** Hashes of names, as fs/namei.c makes them a word at a time (DCACHE_WORD_ACCESS). */
import { type Address, toPattern } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";

/** include/linux/hash.h */
const GOLDEN_RATIO_64 = 0x61c8_8646_80b5_83ebn;

const low64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (word: bigint, by: bigint): bigint => low64((word << by) | (word >> (64n - by)));

/** Eight bytes or what is left of the name, as a little-endian word. */
const wordAt = (k: Kernel, at: Address, length: number): bigint => {
  if (length >= 8) return k.memory.u64(at);
  let word = 0n;
  for (let index = 0; index < length; index++) word |= BigInt(k.memory.u8(at + index)) << BigInt(index * 8);
  return word;
};

export const nameHash = (k: Kernel, salt: Address, name: Address, length: number): number => {
  let [x, y] = [0n, toPattern(salt)];
  let [at, left] = [name, length];
  for (; left >= 8; at += 8, left -= 8) {
    x ^= wordAt(k, at, 8);
    y ^= x;
    x = low64(rotate(x, 12n) + y);
    y = low64(rotate(y, 45n) * 9n);
  }
  x ^= wordAt(k, at, left);
  const folded = low64((y ^ low64(x * GOLDEN_RATIO_64)) * GOLDEN_RATIO_64);
  return Number(folded >> 32n);
};
