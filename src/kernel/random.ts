import type { Outside } from "./devices/outside.ts";
import type { Journal } from "./journal.ts";

/**
 * Random numbers that are the same in every run with the same seed (xoshiro128**). Good enough for
 * a guest that asks for nonces, useless as secrets.
 */
export interface Random {
  u32(): number;
  u64(): bigint;
  /** `length` bytes. */
  bytes(length: number): Uint8Array;
  /** Uniform in 0 .. limit - 1. */
  below(limit: number): number;
  /** Goes on as a fresh one with that seed would. */
  reseed(seed: bigint): void;
}

/** splitmix64: four words of state from one seed, never all zero. */
const spread = (seed: bigint): number[] => {
  const words: number[] = [];
  let state = seed;
  for (let round = 0; round < 2; round++) {
    state = BigInt.asUintN(64, state + 0x9e37_79b9_7f4a_7c15n);
    let mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d0_49bb_1331_11ebn);
    mixed ^= mixed >> 31n;
    words.push(Number(mixed & 0xffff_ffffn), Number(mixed >> 32n));
  }
  return words;
};

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** `outside`: who may answer instead. */
export const createRandom = (journal: Journal, seed: bigint, outside?: Outside): Random => {
  const [a = 1, b = 2, c = 3, d = 4] = spread(seed);
  const state = { a, b, c, d };
  const u32 = (): number => {
    const given = outside?.answer?.(4);
    return given === undefined ? next() : Number(given);
  };
  const next = (): number => {
    journal.touch(state);
    const result = Math.imul(rotate(Math.imul(state.b, 5), 7), 9) >>> 0;
    const shifted = state.b << 9;
    state.c ^= state.a;
    state.d ^= state.b;
    state.b ^= state.c;
    state.a ^= state.d;
    state.c ^= shifted;
    state.d = rotate(state.d, 11);
    return result;
  };
  return {
    u32,
    u64: () => BigInt(u32()) | (BigInt(u32()) << 32n),
    bytes(length) {
      const bytes = new Uint8Array(Math.ceil(length / 4) * 4);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < length; at += 4) view.setUint32(at, u32(), true);
      return bytes.subarray(0, length);
    },
    below: (limit) => Math.floor((u32() / 2 ** 32) * limit),
    reseed(fresh) {
      journal.touch(state);
      [state.a = 1, state.b = 2, state.c = 3, state.d = 4] = spread(fresh);
    },
  };
};
