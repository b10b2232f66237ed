/** Growing and shrinking of struct rhashtable: a worker moves the entries to a new table (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import { EAGAIN, EEXIST, ENOMEM } from "../../../base/errno.ts";
import type { Kernel } from "../../kernel.ts";
import { GFP_KERNEL } from "../../memory/gfp.ts";
import { type Routine, untilAnswered } from "../../routine.ts";
import { BrokenStructure } from "../broken.ts";
import { entries } from "../guest-list.ts";
import {
  allocateTable,
  type BucketTable,
  chain,
  findBucket,
  firstOf,
  freeTable,
  isNulls,
  lockBucket,
  setFirst,
  unlockBucket,
} from "./buckets.ts";
import { above75, below30, bucketIndex, fittingSize, type HashTable, scheduleRehash } from "./table.ts";

/** 0, or a positive errno that the kernel's own caller looks at. */
type Status = number;

/** Tables that can be on their way at once. */
const MOST_TABLES = 64;

/** The table that new entries go to. */
export const lastTable = (k: Kernel, from: Address): BucketTable => {
  let table = k.struct("bucket_table", from);
  for (let steps = 0; table.future_tbl !== 0; steps += 1) {
    if (steps > MOST_TABLES) throw new BrokenStructure();
    table = k.struct("bucket_table", table.future_tbl);
  }
  return table;
};

/** Makes a table of `size` buckets follow another. */
export const attach = (k: Kernel, table: BucketTable, size: number, gfp: number): Status => {
  const made = allocateTable(k, size, gfp);
  if (made === undefined) return ENOMEM;
  if (table.future_tbl === 0) {
    table.future_tbl = made.$address;
    return 0;
  }
  freeTable(k, made);
  return EEXIST;
};

/** Moves the last entry of a locked bucket, so that readers find the rest; false when there is none. */
function* moveLast(k: Kernel, ht: HashTable, table: BucketTable, bucket: Address): Routine<boolean> {
  let [last, before] = [0, 0];
  for (const entry of chain(k, firstOf(k, bucket))) [last, before] = [entry, last];
  if (last === 0) return false;
  const target = lastTable(k, ht.tbl);
  const into = findBucket(k, target, yield* bucketIndex(k, ht, target, last));
  lockBucket(k, into);
  const { next } = k.struct("rhash_head", last);
  k.struct("rhash_head", last).next = firstOf(k, into);
  setFirst(k, into, last);
  unlockBucket(k, into);
  if (before === 0) setFirst(k, bucket, next);
  else k.struct("rhash_head", before).next = next;
  return true;
}

function* moveChain(k: Kernel, ht: HashTable, table: BucketTable, hash: number): Routine<Status> {
  const bucket = findBucket(k, table, hash);
  if (bucket === 0 || (isNulls(firstOf(k, bucket)) && !isNulls(k.memory.pointer(bucket)))) return 0;
  if (lastTable(k, ht.tbl).nest !== 0) return EAGAIN;
  lockBucket(k, bucket);
  while (yield* moveLast(k, ht, table, bucket));
  unlockBucket(k, bucket);
  return 0;
}

/** rcu_head.func of a table that goes; walks look at it. */
export const freesTables = (k: Kernel): Address =>
  k.hostCode.address("bucket_table_free_rcu", (head = 0) => {
    freeTable(k, k.struct("bucket_table", head - k.offsetOf("bucket_table", "rcu")));
    return 0;
  });

/** rhashtable_rehash_table: the next table takes the place of the first. */
function* rehash(k: Kernel, ht: HashTable): Routine<Status> {
  const old = k.struct("bucket_table", ht.tbl);
  if (old.future_tbl === 0) return 0;
  for (let hash = 0; hash < old.size; hash++) {
    const status = yield* moveChain(k, ht, old, hash);
    if (status !== 0) return status;
  }
  const fresh = k.struct("bucket_table", old.future_tbl);
  ht.tbl = fresh.$address;
  for (const walker of entries(k.memory, old.walkers.$address)) k.struct("rhashtable_walker", walker).tbl = 0;
  old.rcu.func = freesTables(k);
  k.rcu.later("rcu", old.rcu.$address);
  return fresh.future_tbl === 0 ? 0 : EAGAIN;
}

const shrink = (k: Kernel, ht: HashTable): Status => {
  const old = k.struct("bucket_table", ht.tbl);
  const size = fittingSize(ht);
  if (old.size <= size) return 0;
  return old.future_tbl === 0 ? attach(k, old, size, GFP_KERNEL) : EEXIST;
};

const resize = (k: Kernel, ht: HashTable): Status => {
  const table = lastTable(k, ht.tbl);
  if (above75(ht, table)) return attach(k, table, table.size * 2, GFP_KERNEL);
  if (ht.p.automatic_shrinking && below30(ht, table)) return shrink(k, ht);
  return table.nest === 0 ? 0 : attach(k, table, table.size, GFP_KERNEL);
};

/** Takes ht->mutex, which is held while tables are exchanged. */
export const lockTables = (k: Kernel, { mutex }: HashTable): Routine<number> =>
  untilAnswered(() => k.mutexes.acquire(mutex.$address, k.current));

/** rht_deferred_worker */
export function* deferredWork(k: Kernel, at: Address): Routine<number> {
  const ht = k.struct("rhashtable", at);
  yield* lockTables(k, ht);
  const status = resize(k, ht);
  const moved = status === 0 || status === EEXIST ? yield* rehash(k, ht) : 0;
  k.mutexes.release(ht.mutex.$address);
  if (status !== 0 || moved !== 0) scheduleRehash(k, ht);
  return 0;
}
