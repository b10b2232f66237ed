/** struct rhashtable: its hash functions and when it grows (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import type { StructTypes } from "../../../profile/struct-types.ts";
import type { Kernel } from "../../kernel.ts";
import type { Routine } from "../../routine.ts";
import { jhash } from "../jhash.ts";
import type { BucketTable } from "./buckets.ts";

export type HashTable = StructTypes["rhashtable"];

/** The first power of two that is not below `value`. */
export const roundUp = (value: number): number => (value <= 1 ? 1 : 2 ** (32 - Math.clz32(value - 1)));

/** The hash functions a table has that names none: jhash of bytes, jhash2 of words. */
export const byteHash = (k: Kernel): Address =>
  k.hostCode.address("jhash", (key, length = 0, seed = 0) => jhash(k.memory, key ?? 0, length >>> 0, seed));
export const wordHash = (k: Kernel): Address =>
  k.hostCode.address("rhashtable_jhash2", (key, length = 0, seed = 0) =>
    jhash(k.memory, key ?? 0, (length >>> 0) * 4, seed),
  );

/** What a guest function that returns 32 bits left in RAX. */
const low = (rax: bigint): number => Number(rax & 0xffff_ffffn);

function* hashOf(k: Kernel, ht: HashTable, object: Address, seed: number): Routine<number> {
  const { p, key_len } = ht;
  if (p.obj_hashfn !== 0) return low(yield* k.call(p.obj_hashfn, object, p.key_len || key_len, seed));
  const key = object + p.key_offset;
  if (p.hashfn === byteHash(k)) return jhash(k.memory, key, key_len, seed);
  if (p.hashfn === wordHash(k)) return jhash(k.memory, key, key_len * 4, seed);
  return low(yield* k.call(p.hashfn, key, key_len, seed));
}

/** rht_head_hashfn: the bucket of an entry in a table. */
export function* bucketIndex(k: Kernel, ht: HashTable, table: BucketTable, entry: Address): Routine<number> {
  const hash = yield* hashOf(k, ht, entry - ht.p.head_offset, table.hash_rnd);
  return (hash & (table.size - 1)) >>> 0;
}

const elements = ({ nelems }: HashTable): number => nelems.counter >>> 0;
const mayGrow = ({ p }: HashTable, { size }: BucketTable): boolean => p.max_size === 0 || size < p.max_size;

export const above75 = (ht: HashTable, table: BucketTable): boolean =>
  elements(ht) > Math.floor(table.size / 4) * 3 && mayGrow(ht, table);
export const above100 = (ht: HashTable, table: BucketTable): boolean =>
  elements(ht) > table.size && mayGrow(ht, table);
export const aboveMax = (ht: HashTable): boolean => elements(ht) >= ht.max_elems;
export const below30 = (ht: HashTable, table: BucketTable): boolean =>
  elements(ht) < Math.floor((table.size * 3) / 10) && table.size > ht.p.min_size;
/** The size that holds what is there. */
export const fittingSize = (ht: HashTable): number => {
  const count = elements(ht);
  return Math.max(count === 0 ? 0 : roundUp(Math.floor((count * 3) / 2)), ht.p.min_size);
};

/** Has the table resized by a worker. */
export const scheduleRehash = (k: Kernel, ht: HashTable): void =>
  void k.workqueues.queue(k.workqueues.events(), ht.run_work.$address);
