import type { HashKey } from "./env.ts";

type State = [bigint, bigint, bigint, bigint];

const INITIAL: State = [0x736f6d6570736575n, 0x646f72616e646f6dn, 0x6c7967656e657261n, 0x7465646279746573n];

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => u64(value << by) | (value >> (64n - by));

const round = (v: State): void => {
  v[0] = u64(v[0] + v[1]);
  v[1] = rotate(v[1], 13n) ^ v[0];
  v[0] = rotate(v[0], 32n);
  v[2] = u64(v[2] + v[3]);
  v[3] = rotate(v[3], 16n) ^ v[2];
  v[0] = u64(v[0] + v[3]);
  v[3] = rotate(v[3], 21n) ^ v[0];
  v[2] = u64(v[2] + v[1]);
  v[1] = rotate(v[1], 17n) ^ v[2];
  v[2] = rotate(v[2], 32n);
};

/** SipHash-2-4 of one 64-bit word (`siphash_1u64` in lib/siphash.c). */
export const siphash1u64 = (word: bigint, key: HashKey): bigint => {
  const [k0, k1] = key;
  const v: State = [INITIAL[0] ^ k0, INITIAL[1] ^ k1, INITIAL[2] ^ k0, INITIAL[3] ^ k1];
  const absorb = (data: bigint): void => {
    v[3] ^= data;
    round(v);
    round(v);
    v[0] ^= data;
  };
  absorb(u64(word));
  // The last block holds the length in its top byte.
  absorb(8n << 56n);
  v[2] ^= 0xffn;
  for (let i = 0; i < 4; i++) round(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
};
