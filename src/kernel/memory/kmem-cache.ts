import type { Address } from "../../base/address.ts";
import { byteStringToBytes, type ByteString } from "../../base/bytes.ts";
import { EINVAL, ENOMEM } from "../../base/errno.ts";
import { type HeapParts, cacheAt, cacheOf, internalCopy, release } from "./allocate.ts";
import { bootCacheSize } from "./boot-caches.ts";
import { type Cache, type CacheRequest, HOT, RECORD, SLAB, cacheAlignment } from "./cache.ts";
import { addCache, describe, dropCache, findMergeable, mergeKey } from "./caches.ts";
import { SITES } from "./sites.ts";
import { freeObject, shrinkCache } from "./slab.ts";
import { isAllocated, recordOf, slabBase } from "./slab-pages.ts";

// kmem_cache_create and what goes with it (mm/slab_common.c).

/** What the stubs pass; `align` as the module wrote it. */
export interface NewCache extends CacheRequest {
  readonly userOffset: number;
  readonly userSize: number;
}

export type CreateResult =
  | { readonly cache: Address }
  /** `panics`: the module asked for SLAB_PANIC. */
  | { readonly errno: number; readonly panics: boolean };

/** SLAB_FLAGS_PERMITTED of mm/slab.h: core, debug and cache flags. */
const PERMITTED =
  SLAB.HWCACHE_ALIGN |
  SLAB.CACHE_DMA |
  SLAB.CACHE_DMA32 |
  SLAB.PANIC |
  SLAB.TYPESAFE_BY_RCU |
  SLAB.RED_ZONE |
  SLAB.POISON |
  SLAB.STORE_USER |
  SLAB.TRACE |
  SLAB.CONSISTENCY_CHECKS |
  0x100000 |
  SLAB.NOLEAKTRACE |
  SLAB.RECLAIM_ACCOUNT |
  SLAB.ACCOUNT |
  0x10000000;

/** An alias grows the cache it joins (mm/slub.c, __kmem_cache_alias). */
const join = (heap: HeapParts, cache: Cache, request: NewCache): Address => {
  const record = heap.caches.journal.touch(cache);
  record.refcount += 1;
  record.objectSize = Math.max(record.objectSize, request.size);
  describe(heap.caches, cache);
  return cache.address;
};

/** The kernel's own cache that the request would share, as a cache under the module's name with two users. */
const joinBootCache = (heap: HeapParts, cache: Cache, bootSize: number): void => {
  const record = heap.caches.journal.touch(cache);
  record.refcount = 2;
  record.objectSize = Math.max(record.objectSize, bootSize);
  describe(heap.caches, cache);
};

const make = (heap: HeapParts, request: NewCache): CreateResult => {
  const fail = (errno: number): CreateResult => ({ errno, panics: (request.flags & SLAB.PANIC) !== 0 });
  if ((request.flags & ~PERMITTED) !== 0) return fail(EINVAL);
  const key = request.userSize === 0 ? mergeKey(request) : undefined;
  const shared = key === undefined ? undefined : findMergeable(heap.caches, key);
  if (shared !== undefined) return { cache: join(heap, shared, request) };
  const name = internalCopy(heap, byteStringToBytes(`${request.name}\0`));
  if (name === 0) return fail(ENOMEM);
  const align = cacheAlignment(request.flags, request.align, request.size);
  const cache = addCache(heap.caches, { ...request, align });
  if (cache === undefined) {
    release(heap, name);
    return fail(EINVAL);
  }
  heap.host.memory.setPointer(cache.address + heap.caches.offsetOf("kmem_cache", "name"), name);
  const bootSize = key === undefined ? undefined : bootCacheSize(key.distance, key.flags);
  if (bootSize !== undefined) joinBootCache(heap, cache, bootSize);
  return { cache: cache.address };
};

/** kmem_cache_create_usercopy: logs a failure unless the caller is to panic. */
export const createCache = (heap: HeapParts, wanted: NewCache): CreateResult => {
  const { userSize, userOffset, size } = wanted;
  const bad = (userSize === 0 && userOffset !== 0) || size < userSize || size - userSize < userOffset;
  if (bad) heap.complaints.warn(SITES.cacheUsercopy);
  const result = make(heap, bad ? { ...wanted, userSize: 0, userOffset: 0 } : wanted);
  if ("errno" in result && !result.panics) {
    heap.complaints.log(4, `kmem_cache_create_usercopy(${wanted.name}) failed with error -${result.errno}\n`);
    heap.complaints.dumpStack({
      "*": ["kmem_cache_create_usercopy.cold+0x21/0x48"],
      kmem_cache_create: ["kmem_cache_create_usercopy.cold+0x21/0x48", "kmem_cache_create+0x12/0x20"],
    });
  }
  return result;
};

const RULE = "=".repeat(77);
const LINE = "-".repeat(77);

/** Lists the objects left in a slab (mm/slub.c, list_slab_objects). */
const listObjects = (heap: HeapParts, cache: Cache, record: number): void => {
  const { complaints, store } = heap;
  const { words, doubles } = store;
  const frame = words[record + RECORD.FRAME] ?? 0;
  const free = doubles[(record + RECORD.FREELIST) >>> 1] ?? 0;
  const { order } = cache.geometry;
  const flags = `0xfffffc00${order > 0 ? "1" : "0"}0200(slab|${order > 0 ? "head|" : ""}node=0|zone=1|lastcpupid=0x1fffff)`;
  const text = `Objects remaining in ${cache.name} on __kmem_cache_shutdown()`;
  complaints.log(3, `${RULE}\n`);
  complaints.log(3, `BUG ${cache.name} (${complaints.tainted()}): ${text}\n`);
  complaints.log(3, `${LINE}\n\n`);
  complaints.log(
    3,
    `Slab 0x${complaints.hashed(heap.pages.virtToPage(slabBase(heap, record)))} objects=${cache.geometry.objects} used=${words[record + RECORD.INUSE]} fp=0x${complaints.hashed(free)} flags=${flags}\n`,
  );
  void frame;
  complaints.dumpStack({
    "*": ["slab_err+0xae/0xe7", "__kmem_cache_shutdown.cold+0x34/0xe9", "kmem_cache_destroy+0x51/0x150"],
  });
  complaints.taint("B");
  for (let index = 0; index < cache.geometry.objects; index += 1) {
    if (!isAllocated(heap, record, index)) continue;
    const object = slabBase(heap, record) + index * cache.geometry.size;
    complaints.log(3, `Object 0x${complaints.hashed(object)} @offset=${index * cache.geometry.size}\n`);
  }
};

/**
 * kmem_cache_destroy. A cache with objects stays, with the kernel's complaint; `caller` is %pS of
 * the return address. A pointer that is no cache any more behaves as its memory does.
 */
export const destroyCache = (heap: HeapParts, address: Address): void => {
  if (address === 0) return;
  const cache = heap.caches.byAddress.get(address);
  if (cache === undefined) {
    // Freed or never a cache: the reference count is whatever lies there.
    void heap.host.memory.u32(address + heap.caches.offsetOf("kmem_cache", "refcount"));
    return;
  }
  heap.caches.journal.touch(cache).refcount -= 1;
  describe(heap.caches, cache);
  if (cache.refcount !== 0) return;
  if (shrinkCache(heap, cache) === 0) {
    const name = heap.host.memory.pointer(address + heap.caches.offsetOf("kmem_cache", "name"));
    dropCache(heap.caches, cache);
    if (recordOf(heap, name) !== 0) release(heap, name);
    return;
  }
  const { words } = heap.store;
  for (let slab = words[cache.hot + HOT.PARTIAL] ?? 0; slab !== 0; slab = words[slab + RECORD.NEXT] ?? 0) {
    listObjects(heap, cache, slab);
  }
  heap.complaints.warn(
    SITES.cacheDestroy,
    `kmem_cache_destroy ${cache.name}: Slab cache still has objects when called from ${heap.complaints.caller()}`,
  );
};

/** kmem_cache_free: checks that the object is the cache's (mm/slab.h, cache_from_obj). */
export const freeToCache = (heap: HeapParts, address: Address, object: Address): void => {
  const record = recordOf(heap, object);
  const cache = cacheOf(heap, record);
  if (cache === undefined) {
    if (heap.once.first("virt_to_cache")) {
      heap.complaints.warn(SITES.notSlab, "virt_to_cache: Object is not a Slab page!");
    }
    return;
  }
  if (cache.address !== address) {
    heap.complaints.warn(
      SITES.wrongCache,
      `cache_from_obj: Wrong slab cache. ${cacheName(heap, address)} but object is from ${cache.name}`,
    );
  }
  freeObject(heap, cache, record, object, SITES.doubleFreeCache);
};

const cacheName = (heap: HeapParts, address: Address): ByteString =>
  heap.caches.byAddress.get(address)?.name ?? "(null)";

/** kmem_cache_shrink: 0 when no slab is left. */
export const shrink = (heap: HeapParts, address: Address): number =>
  shrinkCache(heap, cacheAt(heap, address)) === 0 ? 0 : 1;
