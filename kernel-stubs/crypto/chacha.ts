/** include/crypto/chacha.h: single blocks (lib/crypto/chacha.c, RFC 8439). */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const WORDS = 16;
const COUNTER = 12;

/** Columns, then diagonals. */
const QUARTERS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

const permute = (x: Uint32Array, rounds: number): Uint32Array => {
  const mix = (to: number, add: number, turn: number, by: number): void => {
    x[to] = (x[to] ?? 0) + (x[add] ?? 0);
    const word = (x[turn] ?? 0) ^ (x[to] ?? 0);
    x[turn] = (word << by) | (word >>> (32 - by));
  };
  for (let round = 0; round < rounds; round += 2)
    for (const [a, b, c, d] of QUARTERS) {
      mix(a, b, d, 16);
      mix(c, d, b, 12);
      mix(a, b, d, 8);
      mix(c, d, b, 7);
    }
  return x;
};

const read = (k: Kernel, state: Address): Uint32Array =>
  Uint32Array.from({ length: WORDS }, (_, index) => k.memory.u32(state + index * 4));

/** The kernel has 20 and 12. */
const MAX_ROUNDS = 64;

export const chachaBlockGeneric = stub(
  "void chacha_block_generic(u32 *state, u8 *stream, int nrounds)",
  (k, { state, stream, nrounds }) => {
    const begun = read(k, state);
    const x = permute(begun.slice(), Math.min(nrounds, MAX_ROUNDS));
    for (const [index, word] of x.entries())
      k.memory.setU32(stream + index * 4, (word + (begun[index] ?? 0)) >>> 0);
    k.memory.setU32(state + COUNTER * 4, ((begun[COUNTER] ?? 0) + 1) >>> 0);
  },
);
export const hchachaBlockGeneric = stub(
  "void hchacha_block_generic(const u32 *state, u32 *stream, int nrounds)",
  (k, { state, stream, nrounds }) => {
    const x = permute(read(k, state), Math.min(nrounds, MAX_ROUNDS));
    for (const [index, word] of [...x.subarray(0, 4), ...x.subarray(12)].entries())
      k.memory.setU32(stream + index * 4, word);
  },
);
