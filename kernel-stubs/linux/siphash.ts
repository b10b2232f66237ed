/** include/linux/siphash.h, as lib/siphash.c does it: every variant hashes its arguments' bytes. */
import type { Address } from "../../src/base/address.ts";
import { HSIPHASH, type Rounds, SIPHASH, sipHash } from "../../src/kernel/data/siphash.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const keyed = (k: Kernel, bytes: Uint8Array, key: Address, kind: Rounds): bigint =>
  sipHash(bytes, [k.memory.u64(key), k.memory.u64(key + 8)], kind);

const of64 = (k: Kernel, words: readonly bigint[], key: Address): bigint =>
  keyed(k, new Uint8Array(BigUint64Array.from(words).buffer), key, SIPHASH);
const of32 = (k: Kernel, words: readonly number[], key: Address, kind: Rounds): bigint =>
  keyed(k, new Uint8Array(Uint32Array.from(words).buffer), key, kind);
const half = (hash: bigint): number => Number(BigInt.asUintN(32, hash));

export const siphashUnaligned = stub(
  "u64 __siphash_unaligned(const void *data, size_t len, const siphash_key_t *key)",
  { aliases: ["__siphash_aligned"] },
  (k, { data, len, key }) => keyed(k, k.memory.bytes(data, len), key, SIPHASH),
);
export const siphash1u64 = stub(
  "u64 siphash_1u64(const u64 first, const siphash_key_t *key)",
  (k, { first, key }) => of64(k, [first], key),
);
export const siphash2u64 = stub(
  "u64 siphash_2u64(const u64 first, const u64 second, const siphash_key_t *key)",
  (k, { first, second, key }) => of64(k, [first, second], key),
);
export const siphash3u64 = stub(
  "u64 siphash_3u64(const u64 first, const u64 second, const u64 third, const siphash_key_t *key)",
  (k, { first, second, third, key }) => of64(k, [first, second, third], key),
);
export const siphash4u64 = stub(
  "u64 siphash_4u64(const u64 first, const u64 second, const u64 third, const u64 forth, const siphash_key_t *key)",
  (k, { first, second, third, forth, key }) => of64(k, [first, second, third, forth], key),
);
export const siphash1u32 = stub(
  "u64 siphash_1u32(const u32 first, const siphash_key_t *key)",
  (k, { first, key }) => of32(k, [first], key, SIPHASH),
);
export const siphash3u32 = stub(
  "u64 siphash_3u32(const u32 first, const u32 second, const u32 third, const siphash_key_t *key)",
  (k, { first, second, third, key }) => of32(k, [first, second, third], key, SIPHASH),
);

export const hsiphashUnaligned = stub(
  "u32 __hsiphash_unaligned(const void *data, size_t len, const hsiphash_key_t *key)",
  { aliases: ["__hsiphash_aligned"] },
  (k, { data, len, key }) => half(keyed(k, k.memory.bytes(data, len), key, HSIPHASH)),
);
export const hsiphash1u32 = stub(
  "u32 hsiphash_1u32(const u32 first, const hsiphash_key_t *key)",
  (k, { first, key }) => half(of32(k, [first], key, HSIPHASH)),
);
export const hsiphash2u32 = stub(
  "u32 hsiphash_2u32(const u32 first, const u32 second, const hsiphash_key_t *key)",
  (k, { first, second, key }) => half(of32(k, [first, second], key, HSIPHASH)),
);
export const hsiphash3u32 = stub(
  "u32 hsiphash_3u32(const u32 first, const u32 second, const u32 third, const hsiphash_key_t *key)",
  (k, { first, second, third, key }) => half(of32(k, [first, second, third], key, HSIPHASH)),
);
export const hsiphash4u32 = stub(
  "u32 hsiphash_4u32(const u32 first, const u32 second, const u32 third, const u32 forth, const hsiphash_key_t *key)",
  (k, { first, second, third, forth, key }) => half(of32(k, [first, second, third, forth], key, HSIPHASH)),
);
