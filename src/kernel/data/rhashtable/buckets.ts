/**
 * Bucket tables of struct rhashtable in guest memory (lib/rhashtable.c). The inline functions of
 * include/linux/rhashtable.h work on the same tables from the modules' own code.
 */
import { type Address, PAGE_SIZE } from "../../../base/address.ts";
import type { StructTypes } from "../../../profile/struct-types.ts";
import type { Kernel } from "../../kernel.ts";
import { GFP, GFP_ATOMIC, GFP_KERNEL } from "../../memory/gfp.ts";
import { BrokenStructure } from "../broken.ts";
import { initList } from "../guest-list.ts";

export type BucketTable = StructTypes["bucket_table"];

/** What ends a chain: the bucket's own address, marked. */
export const isNulls = (head: Address): boolean => (head & 1) !== 0;
const nullsOf = (bucket: Address): Address => bucket + 1;
/** Bit 0 of a bucket: locked. */
const LOCK = 1;

/** First of a bucket's chain. */
export const firstOf = ({ memory }: Kernel, bucket: Address): Address => {
  const word = memory.pointer(bucket);
  const head = word - (word & LOCK);
  return head === 0 ? nullsOf(bucket) : head;
};
/** Makes `head` the first of a bucket that is and stays locked. */
export const setFirst = ({ memory }: Kernel, bucket: Address, head: Address): void =>
  memory.setPointer(bucket, (isNulls(head) ? 0 : head) + LOCK);

const SOFTIRQ_DISABLE_OFFSET = 0x200;
const disable = (k: Kernel, by: 1 | -1): void => k.cpu.addPreemptCount(by * (SOFTIRQ_DISABLE_OFFSET + 1));

/** With one CPU nobody gives back the lock that this one waits for. */
export const lockBucket = (k: Kernel, bucket: Address): void => {
  const word = k.memory.pointer(bucket);
  if (isNulls(word)) throw new BrokenStructure();
  disable(k, 1);
  k.memory.setPointer(bucket, word + LOCK);
};
export const unlockBucket = (k: Kernel, bucket: Address): void => {
  const word = k.memory.pointer(bucket);
  k.memory.setPointer(bucket, word - (word & LOCK));
  disable(k, -1);
  k.interrupts.softirqsOn();
};

/** More entries than any chain has: a ring of them ends. */
const LONGEST_CHAIN = 1_000_000;

/** Entries of a chain from `head` on. */
export function* chain(k: Kernel, head: Address): Generator<Address, void> {
  let at = head;
  for (let steps = 0; !isNulls(at); steps += 1) {
    if (steps > LONGEST_CHAIN) throw new BrokenStructure();
    const next = k.struct("rhash_head", at).next;
    yield at;
    at = next;
  }
}

/** A page of a nested table has so many entries, by bits and by number. */
const NEST_SHIFT = 9;
const NEST_LENGTH = 1 << NEST_SHIFT;

/** `step` leads from an entry of a page to the next page: to nothing, or it makes one. */
const nestedBucket = (
  k: Kernel,
  { nest, size, buckets }: BucketTable,
  hash: number,
  step: (entry: Address) => Address,
): Address => {
  let rest = hash >>> nest;
  let below = size >>> nest;
  let page = step(k.memory.pointer(buckets.$address) + (hash & ((1 << nest) - 1)) * 8);
  while (page !== 0 && below > NEST_LENGTH) {
    page = step(page + (rest & (NEST_LENGTH - 1)) * 8);
    below >>>= NEST_SHIFT;
    rest >>>= NEST_SHIFT;
  }
  return page === 0 ? 0 : page + rest * 8;
};

/** __rht_bucket_nested: 0 where no page was needed so far. */
export const findNested = (k: Kernel, table: BucketTable, hash: number): Address =>
  nestedBucket(k, table, hash, (entry) => k.memory.pointer(entry));

const makePage = (k: Kernel, entry: Address): Address => {
  const old = k.memory.pointer(entry);
  if (old !== 0) return old;
  const made = k.heap.kmalloc(PAGE_SIZE, GFP_ATOMIC | GFP.ZERO);
  k.memory.setPointer(entry, made);
  return made;
};
/** rht_bucket_nested_insert: 0 where memory has run out. */
export const makeNested = (k: Kernel, table: BucketTable, hash: number): Address =>
  nestedBucket(k, table, hash, (entry) => makePage(k, entry));

const plainBucket = ({ buckets }: BucketTable, hash: number): Address => buckets.$address + hash * 8;

/** rht_bucket_var */
export const findBucket = (k: Kernel, table: BucketTable, hash: number): Address =>
  table.nest === 0 ? plainBucket(table, hash) : findNested(k, table, hash);
/** rht_bucket_insert */
export const makeBucket = (k: Kernel, table: BucketTable, hash: number): Address =>
  table.nest === 0 ? plainBucket(table, hash) : makeNested(k, table, hash);
/** First of the chain of that hash; a nulls marker where there is none. */
export const chainOf = (k: Kernel, table: BucketTable, hash: number): Address => {
  const bucket = findBucket(k, table, hash);
  return bucket === 0 ? nullsOf(0) : firstOf(k, bucket);
};

/** Where one piece of memory is too much to ask for: pages that come one by one. */
const allocateNested = (k: Kernel, count: number, gfp: number): Address => {
  if (count < 2 * NEST_LENGTH) return 0;
  const at = k.heap.kmalloc(k.sizeOf("bucket_table") + 8, gfp | GFP.ZERO);
  if (at === 0) return 0;
  const table = k.struct("bucket_table", at);
  if (makePage(k, table.buckets.$address) === 0) {
    k.heap.kfree(at);
    return 0;
  }
  table.nest = ((30 - Math.clz32(count)) % NEST_SHIFT) + 1;
  return at;
};

/** What rcu_head_init() leaves. */
const NOT_QUEUED = -1;

/** bucket_table_alloc: `count` buckets; undefined where memory has run out. */
export const allocateTable = (k: Kernel, count: number, gfp: number): BucketTable | undefined => {
  let at = k.vmalloc.kvmalloc(k.sizeOf("bucket_table") + count * 8, gfp | GFP.ZERO);
  if (at === 0 && (gfp & ~GFP.NOFAIL) !== GFP_KERNEL) at = allocateNested(k, count, gfp);
  if (at === 0) return undefined;
  const table = k.struct("bucket_table", at);
  table.size = count;
  table.rcu.func = NOT_QUEUED;
  initList(k.memory, table.walkers.$address);
  table.hash_rnd = k.random.u32();
  return table;
};

const freePages = (k: Kernel, entry: Address, size: number): void => {
  const page = k.memory.pointer(entry);
  if (page === 0) return;
  if (size > NEST_LENGTH) {
    for (let index = 0; index < NEST_LENGTH; index++) freePages(k, page + index * 8, size >>> NEST_SHIFT);
  }
  k.heap.kfree(page);
};

/** bucket_table_free */
export const freeTable = (k: Kernel, table: BucketTable): void => {
  const { nest, size, buckets } = table;
  if (nest !== 0) {
    const top = k.memory.pointer(buckets.$address);
    for (let index = 0; index < 1 << nest; index++) freePages(k, top + index * 8, size >>> nest);
    k.heap.kfree(top);
  }
  k.vmalloc.kvfree(table.$address);
};
