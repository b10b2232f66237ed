import type { Address } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import { type Routine, callGuest } from "../routine.ts";
import { type Cache, HOT, OBJECT, RECORD, SLAB, STATE } from "./cache.ts";
import { FAULTS, placed } from "./fault-sites.ts";
import { freePointer, setFreePointer } from "./freelist.ts";
import { GFP } from "./gfp.ts";
import type { Site } from "./host.ts";
import { DIRECT_MAP } from "./layout.ts";
import { SITES } from "./sites.ts";
import { addPartial, removePartial } from "./slab-lists.ts";
import {
  type SlabParts,
  discard,
  indexOf,
  isAllocated,
  newSlab,
  objectsOf,
  publish,
  recordOf,
  sideOf,
  startOf,
} from "./slab-pages.ts";

// SLUB on one CPU (mm/slub.c): objects in real slab pages, free pointers inside the free objects,
// last freed first out.

const bump = (parts: SlabParts, index: number, by: number): void =>
  parts.store.set(index, (parts.store.words[index] ?? 0) + by);

/** Makes the first partial slab the one that allocations come from. */
const activate = (parts: SlabParts, cache: Cache): boolean => {
  const { store } = parts;
  const { words, doubles } = store;
  const record = words[cache.hot + HOT.PARTIAL] ?? 0;
  if (record === 0) return false;
  const old = words[cache.hot + HOT.CPU] ?? 0;
  if (old !== 0) store.set(old + RECORD.STATE, STATE.FULL);
  removePartial(store, cache, record);
  store.set(record + RECORD.STATE, STATE.CPU);
  store.set(cache.hot + HOT.CPU, record);
  store.setDouble(cache.hot, doubles[(record + RECORD.FREELIST) >>> 1] ?? 0);
  store.setDouble(record + RECORD.FREELIST, 0);
  return true;
};

const refill = (parts: SlabParts, cache: Cache, gfp: number): boolean => {
  if (activate(parts, cache)) return true;
  const record = newSlab(parts, cache, gfp);
  if (record === 0) return false;
  publish(parts, cache, record, startOf(parts, cache));
  return activate(parts, cache);
};

/** Writes down that the object is allocated. A broken freelist may name anything: such are passed over. */
const note = (parts: SlabParts, cache: Cache, object: Address, size: number): boolean => {
  const record = recordOf(parts, object);
  const index = record === 0 ? -1 : indexOf(parts, cache, record, object);
  if (index < 0) return false;
  if (!isAllocated(parts, record, index)) {
    bump(parts, record + RECORD.INUSE, 1);
    bump(parts, cache.hot + HOT.ACTIVE, 1);
  }
  bump(parts, parts.serial, 1);
  const side = sideOf(parts, record, index);
  parts.store.set(side, (OBJECT.ALLOCATED | Math.min(size, OBJECT.SIZE)) >>> 0);
  parts.store.set(side + 1, parts.store.words[parts.serial] ?? 0);
  parts.host.shadow.watch?.allocated(object, size, cache.geometry.size);
  return true;
};

const forget = (parts: SlabParts, cache: Cache, record: number, object: Address): void => {
  const index = indexOf(parts, cache, record, object);
  if (index < 0 || !isAllocated(parts, record, index)) return;
  const side = sideOf(parts, record, index);
  parts.store.set(side, ((parts.store.words[side] ?? 0) & ~OBJECT.ALLOCATED) >>> 0);
  bump(parts, record + RECORD.INUSE, -1);
  bump(parts, cache.hot + HOT.ACTIVE, -1);
};

/** An object that `note` knows lies in the direct map: no page walk needed. */
const zero = (parts: SlabParts, object: Address, size: number): void => {
  const { ram } = parts.host;
  const physical = object - DIRECT_MAP;
  ram.bytes.fill(0, physical, physical + size);
  const last = Math.floor((physical + size - 1) / 4096);
  for (let frame = Math.floor(physical / 4096); frame <= last; frame += 1) ram.touch(frame);
};

const nextFree = (parts: SlabParts, cache: Cache, object: Address): Address => {
  try {
    return freePointer(parts.host.memory, cache, object);
  } catch (error) {
    throw error instanceof GuestFault ? placed(parts.complaints, FAULTS.freelist, error) : error;
  }
};

/**
 * An object of `cache`, zeroed unless the cache has a constructor; 0 when memory is used up.
 * `size` is what the caller asked for. A GuestFault means that the module broke the freelist.
 * @source mm/slub.c, slab_alloc_node
 */
export const allocObject = (parts: SlabParts, cache: Cache, gfp: number, size: number): Address => {
  const { store, host } = parts;
  const { hot } = cache;
  if (store.doubles[hot >>> 1] === 0 && !refill(parts, cache, gfp)) return 0;
  const object = store.doubles[hot >>> 1] ?? 0;
  store.setDouble(hot, nextFree(parts, cache, object));
  const known = note(parts, cache, object, size);
  // slab_want_init_on_alloc: what a constructor made stays.
  const plain = (cache.flags & SLAB.TYPESAFE_BY_RCU) === 0 || (gfp & GFP.ZERO) !== 0;
  if (cache.ctor === 0 && plain) {
    if (known) zero(parts, object, cache.objectSize);
    else host.memory.fill(object, 0, cache.objectSize);
  }
  return object;
};

/** True when allocObject would need a new slab whose objects want their constructor run: `construct` first. */
export const mustConstruct = (parts: SlabParts, cache: Cache): boolean =>
  cache.ctor !== 0 &&
  parts.store.doubles[cache.hot >>> 1] === 0 &&
  parts.store.words[cache.hot + HOT.PARTIAL] === 0;

/** Makes a slab of a cache with constructor and runs it on each object (mm/slub.c, setup_object). */
export function* construct(parts: SlabParts, cache: Cache, gfp: number): Routine<void> {
  const record = newSlab(parts, cache, gfp);
  if (record === 0) return;
  const start = startOf(parts, cache);
  for (const object of objectsOf(parts, cache, record, start)) yield* callGuest(cache.ctor, object);
  publish(parts, cache, record, start);
}

/** While memory is shadowed, what kmalloc gave is not given again soon: use after free shows. */
const quarantined = ({ host }: SlabParts, cache: Cache, object: Address): boolean => {
  const { watch } = host.shadow;
  if (watch === undefined) return false;
  watch.freed(object, cache.geometry.size);
  return (cache.flags & SLAB.KMALLOC) !== 0 && watch.keeps(cache.geometry.size);
};

/**
 * Frees `object` into the slab behind `record`. Freeing the object freed last is a BUG; other
 * double frees break the list, as they do in the kernel.
 * @source mm/slub.c, do_slab_free, __slab_free
 */
export const freeObject = (
  parts: SlabParts,
  cache: Cache,
  record: number,
  object: Address,
  site: Site = SITES.doubleFree,
): void => {
  const { store } = parts;
  const { words, doubles } = store;
  const isCpu = words[cache.hot + HOT.CPU] === record;
  const list = isCpu ? cache.hot : record + RECORD.FREELIST;
  const head = doubles[list >>> 1] ?? 0;
  if (head === object) parts.complaints.bug(site);
  if (quarantined(parts, cache, object)) return forget(parts, cache, record, object);
  setFreePointer(parts.host.memory, cache, object, head);
  store.setDouble(list, object);
  forget(parts, cache, record, object);
  if (isCpu) return;
  if (words[record + RECORD.STATE] === STATE.FULL) addPartial(store, cache, record);
  const surplus = (words[cache.hot + HOT.PARTIALS] ?? 0) > cache.geometry.keep;
  if (surplus && words[record + RECORD.INUSE] === 0) discard(parts, cache, record);
};

/** Puts the CPU slab with the others (mm/slub.c, flush_slab). */
const flush = (parts: SlabParts, cache: Cache): void => {
  const { store } = parts;
  const cpu = store.words[cache.hot + HOT.CPU] ?? 0;
  if (cpu === 0) return;
  const head = store.doubles[cache.hot >>> 1] ?? 0;
  store.setDouble(cpu + RECORD.FREELIST, head);
  store.setDouble(cache.hot, 0);
  store.set(cache.hot + HOT.CPU, 0);
  store.set(cpu + RECORD.STATE, STATE.FULL);
  if (head !== 0) addPartial(store, cache, cpu);
};

/** Gives empty slabs back; answers with the number of slabs left (mm/slub.c, __kmem_cache_do_shrink). */
export const shrinkCache = (parts: SlabParts, cache: Cache): number => {
  const { words } = parts.store;
  flush(parts, cache);
  for (let record = words[cache.hot + HOT.PARTIAL] ?? 0; record !== 0;) {
    const next = words[record + RECORD.NEXT] ?? 0;
    if (words[record + RECORD.INUSE] === 0) discard(parts, cache, record);
    record = next;
  }
  return words[cache.hot + HOT.SLABS] ?? 0;
};
