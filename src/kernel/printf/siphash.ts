import type { HashKey } from "./env.ts";

/** v0 to v3, each as a low and a high 32-bit half: halves are fast, bigints are not. */
type State = Int32Array;

/** "somepseudorandomlygeneratedbytes" */
const INITIAL: readonly bigint[] = [
  0x736f6d6570736575n,
  0x646f72616e646f6dn,
  0x6c7967656e657261n,
  0x7465646279746573n,
];

const [V0, V1, V2, V3] = [0, 2, 4, 6] as const;

const at = (v: State, index: number): number => v[index] ?? 0;

const add = (v: State, to: number, from: number): void => {
  const low = (at(v, to) >>> 0) + (at(v, from) >>> 0);
  v[to] = low;
  v[to + 1] = at(v, to + 1) + at(v, from + 1) + (low > 0xffffffff ? 1 : 0);
};

const xor = (v: State, to: number, from: number): void => {
  v[to] = at(v, to) ^ at(v, from);
  v[to + 1] = at(v, to + 1) ^ at(v, from + 1);
};

/** By less than 32 bits. */
const rotate = (v: State, index: number, by: number): void => {
  const [low, high] = [at(v, index), at(v, index + 1)];
  v[index] = (low << by) | (high >>> (32 - by));
  v[index + 1] = (high << by) | (low >>> (32 - by));
};

/** By 32 bits. */
const swap = (v: State, index: number): void => {
  const low = at(v, index);
  v[index] = at(v, index + 1);
  v[index + 1] = low;
};

const mix = (v: State, to: number, from: number, by: number): void => {
  add(v, to, from);
  rotate(v, from, by);
  xor(v, from, to);
};

const round = (v: State): void => {
  mix(v, V0, V1, 13);
  swap(v, V0);
  mix(v, V2, V3, 16);
  mix(v, V0, V3, 21);
  mix(v, V2, V1, 17);
  swap(v, V2);
};

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

const absorb = (v: State, word: bigint): void => {
  v[V3] = at(v, V3) ^ low(word);
  v[V3 + 1] = at(v, V3 + 1) ^ high(word);
  round(v);
  round(v);
  v[V0] = at(v, V0) ^ low(word);
  v[V0 + 1] = at(v, V0 + 1) ^ high(word);
};

/** SipHash-2-4 of one 64-bit word (`siphash_1u64` in lib/siphash.c). */
export const siphash1u64 = (word: bigint, key: HashKey): bigint => {
  const start = INITIAL.map((value, index) => value ^ key[index & 1 ? 1 : 0]);
  const v = Int32Array.from(start.flatMap((value) => [low(value), high(value)]));
  absorb(v, word);
  // The last block holds the length in its top byte.
  absorb(v, 8n << 56n);
  v[V2] = at(v, V2) ^ 0xff;
  for (let i = 0; i < 4; i++) round(v);
  for (const from of [V1, V2, V3]) xor(v, V0, from);
  return (BigInt(at(v, V0 + 1) >>> 0) << 32n) | BigInt(at(v, V0) >>> 0);
};
