import type { Random } from "../../kernel/random.ts";
import { LIMITS } from "./input.ts";

/** Numbers at the edges of types, where comparisons go wrong. */
export const EDGES: readonly number[] = [
  0, 1, 2, 16, 64, 100, 127, 128, 255, 256, 1000, 1024, 4096, 32767, 32768, 65535, 65536, 2147483647,
  2147483648, 4294967295,
];

export const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[random.below(from.length)];

/** Little-endian bytes of a number. */
export const numberBytes = (value: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return bytes.subarray(0, size);
};

const splice = (bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length - remove + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + remove), at + insert.length);
  return out;
};

const overwrite = (bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array =>
  splice(bytes, at, Math.min(by.length, bytes.length - at), by);

/** One small change of a byte string. */
type ByteMutation = (bytes: Uint8Array, random: Random, words: readonly Uint8Array[]) => Uint8Array;

/** Somewhere; often near the start, where commands and lengths stand. */
const place = (bytes: Uint8Array, random: Random): number =>
  random.below(random.below(2) === 0 ? bytes.length + 1 : Math.min(bytes.length, 8) + 1);

const MUTATIONS: readonly ByteMutation[] = [
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const out = bytes.slice();
    const at = random.below(out.length);
    out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    return out;
  },
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const out = bytes.slice();
    const at = random.below(out.length);
    out[at] = (out[at] ?? 0) + random.below(33) - 16;
    return out;
  },
  (bytes, random) => overwrite(bytes, place(bytes, random), Uint8Array.of(random.below(256))),
  (bytes, random) =>
    overwrite(bytes, place(bytes, random), numberBytes(pick(random, EDGES) ?? 0, 1 << random.below(4))),
  (bytes, random, words) => overwrite(bytes, place(bytes, random), pick(random, words) ?? Uint8Array.of(0)),
  (bytes, random, words) => splice(bytes, place(bytes, random), 0, pick(random, words) ?? Uint8Array.of(0)),
  (bytes, random) => {
    const at = place(bytes, random);
    return splice(bytes, at, Math.min(1 + random.below(8), bytes.length - at), new Uint8Array());
  },
  (bytes, random) => {
    const at = place(bytes, random);
    const length = Math.min(1 + random.below(64), bytes.length - at);
    return splice(bytes, place(bytes, random), 0, bytes.slice(at, at + length));
  },
  // Lengths are what handlers get wrong: grow to the edge of some type.
  (bytes, random) => {
    const length = Math.min(pick(random, EDGES) ?? 0, LIMITS.bytes);
    const out = new Uint8Array(length).fill(0x41);
    out.set(bytes.subarray(0, length));
    return out;
  },
];

/** A few changes, one upon the other. `words`: what the module itself compares with. */
export const mutateBytes = (bytes: Uint8Array, random: Random, words: readonly Uint8Array[]): Uint8Array => {
  let out = bytes;
  for (let left = 1 << random.below(4); left > 0; left -= 1) {
    out = pick(random, MUTATIONS)?.(out, random, words) ?? out;
  }
  return out.length > LIMITS.bytes ? out.slice(0, LIMITS.bytes) : out;
};
