/** Walks through a struct rhashtable that may be resized meanwhile (lib/rhashtable.c). */
import type { Address } from "../../../base/address.ts";
import { EAGAIN } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { StructTypes } from "../../../profile/struct-types.ts";
import type { Kernel } from "../../kernel.ts";
import { BrokenStructure } from "../broken.ts";
import { addFirst } from "../guest-list.ts";
import { type BucketTable, chain, chainOf, isNulls } from "./buckets.ts";
import { freesTables } from "./rehash.ts";

type Iterator = StructTypes["rhashtable_iter"];

/** An entry of a chain, and where in its list of equals. */
interface Place {
  readonly entry: Address;
  readonly list: Address;
}

const LONGEST_LIST = 1_000_000;

/** What a walk comes to in a bucket, in order. `lists`: of an rhltable, entries have lists of equals. */
function* placesOf(k: Kernel, table: BucketTable, slot: number, lists: boolean): Generator<Place, void> {
  for (const entry of chain(k, chainOf(k, table, slot))) {
    let list: Address = entry;
    for (let steps = 0; list !== 0; steps += 1) {
      if (steps > LONGEST_LIST) throw new BrokenStructure();
      yield { entry, list };
      if (!lists) break;
      list = k.struct("rhlist_head", list).next;
    }
  }
}

/** list_del() */
const unlink = ({ memory }: Kernel, entry: Address): void => {
  const [next, previous] = [memory.pointer(entry), memory.pointer(entry + 8)];
  memory.setPointer(next + 8, previous);
  memory.setPointer(previous, next);
  memory.setU64(entry, 0xdead_0000_0000_0100n);
  memory.setU64(entry + 8, 0xdead_0000_0000_0122n);
};

const joinWalkers = (k: Kernel, { walker }: Iterator, table: Address): void =>
  addFirst(k.memory, walker.list.$address, k.struct("bucket_table", table).walkers.$address);

export const enterWalk = (k: Kernel, ht: Address, at: Address): void => {
  const iter = k.struct("rhashtable_iter", at);
  Object.assign(iter, { ht, p: 0, slot: 0, skip: 0, end_of_table: false });
  iter.walker.tbl = k.struct("rhashtable", ht).tbl;
  joinWalkers(k, iter, iter.walker.tbl);
};

export const exitWalk = (k: Kernel, at: Address): void => {
  const { walker } = k.struct("rhashtable_iter", at);
  if (walker.tbl !== 0) unlink(k, walker.list.$address);
};

/** The entry it stands at may have moved in its bucket, or gone. */
const findAgain = (k: Kernel, iter: Iterator, table: BucketTable): void => {
  const { rhlist } = k.struct("rhashtable", iter.ht);
  let skip = 0;
  for (const { entry, list } of placesOf(k, table, iter.slot, rhlist)) {
    skip += 1;
    if ((rhlist ? list : entry) !== (rhlist ? iter.list : iter.p)) continue;
    iter.p = entry;
    iter.skip = skip;
    return;
  }
  iter.p = 0;
};

/** False when the table was exchanged: the walk begins anew. */
export const startWalk = (k: Kernel, at: Address): boolean => {
  const iter = k.struct("rhashtable_iter", at);
  exitWalk(k, at);
  if (iter.end_of_table) return true;
  if (iter.walker.tbl === 0) {
    iter.walker.tbl = k.struct("rhashtable", iter.ht).tbl;
    Object.assign(iter, { p: 0, slot: 0, skip: 0 });
    return false;
  }
  if (iter.p !== 0) findAgain(k, iter, k.struct("bucket_table", iter.walker.tbl));
  return true;
};

/** A table that is about to be freed does not get its walker back. */
export const stopWalk = (k: Kernel, at: Address): void => {
  const iter = k.struct("rhashtable_iter", at);
  const table = iter.walker.tbl;
  if (table === 0) return;
  if (k.struct("bucket_table", table).rcu.func === freesTables(k)) iter.walker.tbl = 0;
  else joinWalkers(k, iter, table);
};

const objectOf = (k: Kernel, { ht: at }: Iterator, { entry, list }: Place): Address => {
  const ht = k.struct("rhashtable", at);
  return (ht.rhlist ? list : entry) - ht.p.head_offset;
};

const goTo = (k: Kernel, iter: Iterator, place: Place): Address => {
  iter.skip += 1;
  iter.p = place.entry;
  iter.list = place.list;
  return objectOf(k, iter, place);
};

/** The first entry from the walk's slot on; 0 at the end. EAGAIN: it goes on with another table. */
const findNext = (k: Kernel, iter: Iterator): Address => {
  if (iter.walker.tbl === 0) return 0;
  const table = k.struct("bucket_table", iter.walker.tbl);
  const { rhlist } = k.struct("rhashtable", iter.ht);
  const { size } = table;
  for (; iter.slot < size; iter.slot += 1) {
    let { skip } = iter;
    for (const place of placesOf(k, table, iter.slot, rhlist)) {
      if (skip === 0) return goTo(k, iter, place);
      skip -= 1;
    }
    iter.skip = 0;
  }
  iter.p = 0;
  iter.walker.tbl = table.future_tbl;
  if (iter.walker.tbl === 0) {
    iter.end_of_table = true;
    return 0;
  }
  iter.slot = 0;
  iter.skip = 0;
  throw new Errno(EAGAIN);
};

/** What follows `iter`'s place in its bucket. */
const following = (k: Kernel, iter: Iterator, rhlist: boolean): Place | undefined => {
  const list = rhlist ? k.struct("rhlist_head", iter.list).next : 0;
  if (list !== 0) return { entry: iter.p, list };
  const { next } = k.struct("rhash_head", iter.p);
  return isNulls(next) ? undefined : { entry: next, list: next };
};

/** EAGAIN */
export const nextOfWalk = (k: Kernel, at: Address): Address => {
  const iter = k.struct("rhashtable_iter", at);
  if (iter.p !== 0) {
    const place = following(k, iter, k.struct("rhashtable", iter.ht).rhlist);
    if (place !== undefined) return goTo(k, iter, place);
    iter.skip = 0;
    iter.slot += 1;
  }
  return findNext(k, iter);
};

/** EAGAIN */
export const peekAtWalk = (k: Kernel, at: Address): Address => {
  const iter = k.struct("rhashtable_iter", at);
  if (iter.p !== 0) return objectOf(k, iter, { entry: iter.p, list: iter.list });
  if (iter.skip !== 0) iter.skip -= 1;
  return findNext(k, iter);
};
