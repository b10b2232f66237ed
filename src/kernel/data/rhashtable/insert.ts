/** rhashtable_insert_slow: what the inline insertion leaves to the kernel (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import { E2BIG, EBUSY, EEXIST, ENOMEM } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Kernel } from "../../kernel.ts";
import { GFP, GFP_ATOMIC } from "../../memory/gfp.ts";
import type { Routine } from "../../routine.ts";
import { BrokenStructure } from "../broken.ts";
import { compareBytes } from "../guest-bytes.ts";
import {
  type BucketTable,
  chain,
  findBucket,
  firstOf,
  lockBucket,
  makeBucket,
  setFirst,
  unlockBucket,
} from "./buckets.ts";
import { attach } from "./rehash.ts";
import { above100, above75, aboveMax, bucketIndex, type HashTable, scheduleRehash } from "./table.ts";

/** A chain that is longer is taken for an attack: RHT_ELASTICITY. */
const LONGEST = 16;
/** Tables that follow each other, each twice as large: there are never so many. */
const MOST_TRIES = 1000;

/** What to insert: `key` 0 where entries with the same key do not matter. */
export interface Insertion {
  readonly ht: HashTable;
  readonly key: Address;
  readonly entry: Address;
}

/** Where an insertion stands. `object`: what has the same key; 0 when the entry is in. */
type Outcome = { readonly object: Address } | { readonly next: Address } | "again";

function* matches(k: Kernel, { ht, key }: Insertion, object: Address): Routine<boolean> {
  const { p } = ht;
  if (p.obj_cmpfn === 0) return compareBytes(k.memory, object + p.key_offset, key, p.key_len) === 0;
  // struct rhashtable_compare_arg
  const arg = k.scratch(16);
  k.memory.setPointer(arg, ht.$address);
  k.memory.setPointer(arg + 8, key);
  return ((yield* k.call(p.obj_cmpfn, arg, object)) & 0xffff_ffffn) === 0n;
}

/** Puts the entry in the place of `old`, which becomes the second of its list. */
const joinList = (k: Kernel, entry: Address, old: Address, replace: (entry: Address) => void): void => {
  const list = k.struct("rhlist_head", entry);
  list.next = old;
  list.rhead.next = k.struct("rhash_head", old).next;
  replace(entry);
};

/** Looks for the same key in a locked bucket; tells whether it is there, or the chain's length. */
function* lookUp(
  k: Kernel,
  insertion: Insertion,
  bucket: Address,
): Routine<{ readonly object: Address } | number> {
  const { ht, key, entry } = insertion;
  let [length, before] = [0, 0];
  for (const head of chain(k, firstOf(k, bucket))) {
    length += 1;
    const object = head - ht.p.head_offset;
    if (key === 0 || !(yield* matches(k, insertion, object))) {
      before = head;
      continue;
    }
    if (!ht.rhlist) return { object };
    const previous = before;
    joinList(k, entry, head, (first) => {
      if (previous === 0) setFirst(k, bucket, first);
      else k.struct("rhash_head", previous).next = first;
    });
    return { object: 0 };
  }
  return length;
}

/** Makes the entry the first of a locked bucket. E2BIG. */
const insertFirst = (
  k: Kernel,
  { ht, entry }: Insertion,
  table: BucketTable,
  bucket: Address,
  length: number,
): Outcome => {
  if (table.future_tbl !== 0) return { next: table.future_tbl };
  if (length >= LONGEST) return "again";
  if (aboveMax(ht)) throw new Errno(E2BIG);
  if (above100(ht, table)) return "again";
  k.struct("rhash_head", entry).next = firstOf(k, bucket);
  if (ht.rhlist) k.struct("rhlist_head", entry).next = 0;
  setFirst(k, bucket, entry);
  ht.nelems.counter += 1;
  if (above75(ht, table)) scheduleRehash(k, ht);
  return { object: 0 };
};

function* tryTable(k: Kernel, insertion: Insertion, table: BucketTable): Routine<Outcome> {
  const hash = yield* bucketIndex(k, insertion.ht, table, insertion.entry);
  const find = table.future_tbl === 0 ? makeBucket : findBucket;
  const bucket = find(k, table, hash);
  if (bucket === 0) return table.future_tbl === 0 ? "again" : { next: table.future_tbl };
  lockBucket(k, bucket);
  try {
    const found = yield* lookUp(k, insertion, bucket);
    return typeof found === "number" ? insertFirst(k, insertion, table, bucket, found) : found;
  } finally {
    unlockBucket(k, bucket);
  }
}

/** rhashtable_insert_rehash: a larger table, or one with another seed. EBUSY, ENOMEM. */
const makeRoom = (k: Kernel, ht: HashTable, table: BucketTable): void => {
  const grows = above75(ht, table);
  let status = EBUSY;
  if (grows || ht.tbl === table.$address) {
    status = attach(k, table, grows ? table.size * 2 : table.size, GFP_ATOMIC | GFP.NOWARN);
    if (status === 0) return scheduleRehash(k, ht);
    if (status === EEXIST) return;
  }
  if (table.future_tbl !== 0) return;
  if (status === ENOMEM) scheduleRehash(k, ht);
  throw new Errno(status);
};

/** 0, or the object that has the key already. E2BIG, EBUSY, ENOMEM. */
export function* insertSlow(k: Kernel, insertion: Insertion): Routine<Address> {
  const { ht } = insertion;
  let at: Address = ht.tbl;
  for (let steps = 0; steps < MOST_TRIES; steps += 1) {
    const table = k.struct("bucket_table", at);
    const outcome = yield* tryTable(k, insertion, table);
    if (outcome === "again") {
      makeRoom(k, ht, table);
      at = ht.tbl;
    } else if ("next" in outcome) at = outcome.next;
    else return outcome.object;
  }
  throw new BrokenStructure();
}
