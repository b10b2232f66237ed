/** include/linux/prandom.h: lib/random32.c. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

/** The four words of struct rnd_state: shift left, shift right, mask, shift of the masked. */
const TAUSWORTHE = [
  [6, 13, -2, 18],
  [2, 27, -8, 2],
  [13, 21, -16, 7],
  [3, 12, -128, 13],
] as const;

const nextOf = (k: Kernel, state: Address): number => {
  let result = 0;
  for (const [index, [left, right, mask, shift]] of TAUSWORTHE.entries()) {
    const word = k.memory.i32(state + index * 4);
    const next = ((word & mask) << shift) ^ (((word << left) ^ word) >>> right);
    k.memory.setU32(state + index * 4, next >>> 0);
    result ^= next;
  }
  return result >>> 0;
};

export const prandomU32State = stub("u32 prandom_u32_state(struct rnd_state *state)", (k, { state }) =>
  nextOf(k, state),
);

export const prandomBytesState = stub(
  "void prandom_bytes_state(struct rnd_state *state, void *buf, size_t bytes)",
  (k, { state, buf, bytes }) => {
    for (let at = 0; at < bytes; at += 4) {
      const word = nextOf(k, state);
      for (let byte = 0; byte < Math.min(4, bytes - at); byte++) {
        k.memory.setU8(buf + at + byte, (word >>> (byte * 8)) & 0xff);
      }
    }
  },
);

const SMALLEST = [2, 8, 16, 128];
const WARM_UP = 10;

/** One CPU: one state. */
export const prandomSeedFullState = stub(
  "void prandom_seed_full_state(struct rnd_state __percpu *pcpu_state)",
  (k, { pcpu_state }) => {
    const state = k.cpu.base + pcpu_state;
    for (const [index, smallest] of SMALLEST.entries()) {
      const seed = k.random.u32();
      k.memory.setU32(state + index * 4, seed < smallest ? seed + smallest : seed);
    }
    for (let round = 0; round < WARM_UP; round++) nextOf(k, state);
  },
);
