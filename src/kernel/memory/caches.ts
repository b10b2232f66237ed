import type { Address } from "../../base/address.ts";
import type { Journal, JournalMap } from "../journal.ts";
import { type Cache, type CacheRequest, HOT, SLAB, cacheAlignment, cacheGeometry } from "./cache.ts";
import { nextRandom } from "./freelist.ts";
import type { OffsetOf } from "./host.ts";
import { allocObject, freeObject } from "./slab.ts";
import { type SlabParts, recordOf } from "./slab-pages.ts";

interface CacheLayout {
  /** Of FIELDS, in their order. */
  readonly words: readonly number[];
  readonly random: number;
  readonly ctor: number;
}

/** The kernel's list of slab caches (mm/slab_common.c). */
export interface CacheTable {
  readonly parts: SlabParts;
  readonly journal: Journal;
  readonly offsetOf: OffsetOf;
  layout(): CacheLayout;
  readonly seed: number;
  readonly byId: JournalMap<number, Cache>;
  readonly byAddress: JournalMap<Address, Cache>;
  readonly state: {
    next: number;
    /** kmem_cache: holds the others' descriptors, its own among them. */
    descriptors: Cache | undefined;
  };
}

export const createCacheTable = (
  parts: SlabParts,
  journal: Journal,
  offsetOf: OffsetOf,
  seed: number,
): CacheTable => ({
  parts,
  journal,
  offsetOf,
  layout: layoutOf(offsetOf),
  seed,
  byId: journal.map(),
  byAddress: journal.map(),
  state: { next: 1, descriptors: undefined },
});

/** Fields of `struct kmem_cache` that are written, each a 32-bit word of the same cache. */
const FIELDS: readonly (readonly [field: string, value: (cache: Cache) => number])[] = [
  ["flags", ({ flags }) => flags],
  ["min_partial", ({ geometry }) => geometry.minPartial],
  ["size", ({ geometry }) => geometry.size],
  ["object_size", ({ objectSize }) => objectSize],
  ["offset", ({ geometry }) => geometry.offset],
  ["oo", ({ geometry }) => (geometry.order << 16) | geometry.objects],
  ["refcount", ({ refcount }) => refcount],
  ["inuse", ({ geometry, objectSize }) => Math.max(geometry.inuse, Math.ceil(objectSize / 8) * 8)],
  ["align", ({ geometry }) => geometry.align],
  ["useroffset", ({ userOffset }) => userOffset],
  ["usersize", ({ userSize }) => userSize],
];

/** Writes what the guest can see of a cache into its `struct kmem_cache`. */
export const describe = (table: CacheTable, cache: Cache): void => {
  const { memory } = table.parts.host;
  const { address, secret } = cache;
  const { words, random, ctor } = table.layout();
  FIELDS.forEach(([, value], index) => memory.setU32(address + (words[index] ?? 0), value(cache) >>> 0));
  memory.setU32(address + random, secret.low);
  memory.setU32(address + random + 4, secret.high);
  memory.setPointer(address + ctor, cache.ctor);
};

/** Offsets are looked up once. */
const layoutOf = (offsetOf: OffsetOf): CacheTable["layout"] => {
  let layout: CacheLayout | undefined;
  return () =>
    (layout ??= {
      words: FIELDS.map(([field]) => offsetOf("kmem_cache", field)),
      random: offsetOf("kmem_cache", "random"),
      ctor: offsetOf("kmem_cache", "ctor"),
    });
};

const secretOf = (seed: number, id: number): Cache["secret"] => {
  const low = nextRandom((Math.imul(id, 0x9e3779b1) ^ seed) >>> 0 || 1);
  return { low, high: nextRandom(low) };
};

/** A cache without its guest struct; undefined where no order holds an object, or memory is used up. */
const make = (table: CacheTable, request: CacheRequest): Cache | undefined => {
  const geometry = cacheGeometry(request);
  const hot = geometry === undefined ? 0 : table.parts.store.allocate(HOT.WORDS * 4);
  if (geometry === undefined || hot === 0) return undefined;
  const id = table.state.next;
  table.journal.touch(table.state).next += 1;
  const cache: Cache = {
    id,
    address: 0,
    name: request.name,
    objectSize: request.size,
    flags: request.flags,
    ctor: request.ctor,
    userOffset: request.userOffset ?? 0,
    userSize: request.userSize ?? 0,
    geometry,
    hot,
    secret: secretOf(table.seed, id),
    refcount: 1,
  };
  table.byId.set(id, cache);
  return cache;
};

/** Gives the cache its guest struct: a new object of `holder`, or the address that waits for it. */
const settle = (table: CacheTable, cache: Cache, holder: Cache | Address): Cache | undefined => {
  cache.address = typeof holder === "number" ? holder : allocObject(table.parts, holder, 0, 0);
  if (cache.address === 0) {
    table.byId.delete(cache.id);
    table.parts.store.release(cache.hot, HOT.WORDS * 4);
    return undefined;
  }
  table.byAddress.set(cache.address, cache);
  describe(table, cache);
  return cache;
};

const descriptorCache = (table: CacheTable): Cache | undefined => {
  const { state } = table;
  if (state.descriptors !== undefined) return state.descriptors;
  const size = table.offsetOf("kmem_cache", "node") + 8;
  const flags = SLAB.HWCACHE_ALIGN;
  const align = cacheAlignment(flags, 8, size);
  const cache = make(table, { name: "kmem_cache", size, align, flags, ctor: 0 });
  const settled = cache === undefined ? undefined : settle(table, cache, cache);
  table.journal.touch(state).descriptors = settled;
  return settled;
};

/**
 * A new cache with its `struct kmem_cache`, as create_cache makes it; undefined when it cannot be made.
 * `address`: where the struct is to be, zeroed; allocated if left out.
 */
export const addCache = (table: CacheTable, request: CacheRequest, address?: Address): Cache | undefined => {
  const holder = address ?? descriptorCache(table);
  const cache = holder === undefined ? undefined : make(table, request);
  return holder === undefined || cache === undefined ? undefined : settle(table, cache, holder);
};

/** Forgets a cache that has no slabs left. */
export const dropCache = (table: CacheTable, cache: Cache): void => {
  const holder = descriptorCache(table);
  table.byId.delete(cache.id);
  table.byAddress.delete(cache.address);
  table.parts.orders.delete(cache.id);
  table.parts.store.release(cache.hot, HOT.WORDS * 4);
  const record = recordOf(table.parts, cache.address);
  if (holder !== undefined && record !== 0) freeObject(table.parts, holder, record, cache.address);
};

/** Flags that forbid merging. */
const NEVER_MERGE =
  SLAB.RED_ZONE | SLAB.POISON | SLAB.STORE_USER | SLAB.TRACE | SLAB.TYPESAFE_BY_RCU | SLAB.NOLEAKTRACE;
/** Flags in which merged caches agree. */
const MERGE_SAME = SLAB.RECLAIM_ACCOUNT | SLAB.CACHE_DMA | SLAB.CACHE_DMA32 | SLAB.ACCOUNT;

export interface MergeKey {
  /** Distance of objects that the request needs. */
  readonly distance: number;
  readonly flags: number;
}

/** What another cache must have to be shared by this request; undefined where it can share none. */
export const mergeKey = (request: CacheRequest): MergeKey | undefined => {
  if (request.ctor !== 0 || (request.flags & NEVER_MERGE) !== 0) return undefined;
  const size = Math.ceil(request.size / 8) * 8;
  const align = cacheAlignment(request.flags, request.align, size);
  return { distance: Math.ceil(size / align) * align, flags: request.flags & MERGE_SAME };
};

/** An existing cache to share (mm/slab_common.c, find_mergeable). */
export const findMergeable = (table: CacheTable, key: MergeKey): Cache | undefined => {
  for (const cache of table.byId.values()) {
    const shareable = cache.ctor === 0 && cache.userSize === 0 && (cache.flags & NEVER_MERGE) === 0;
    if (!shareable || cache.refcount < 0 || cache === table.state.descriptors) continue;
    if (cache.geometry.size === key.distance && (cache.flags & MERGE_SAME) === key.flags) return cache;
  }
  return undefined;
};
