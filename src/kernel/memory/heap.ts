import type { Address } from "../../base/address.ts";
import type { Journal } from "../journal.ts";
import type { Routine } from "../routine.ts";
import {
  type HeapParts,
  allocate,
  allocateLarge,
  cacheAt,
  fromCache,
  internalCopy,
  reallocate,
  release,
  usableSize,
} from "./allocate.ts";
import { type CacheTable, createCacheTable } from "./caches.ts";
import { type HeapObject, listLive, objectAt } from "./heap-view.ts";
import type { HeapWatch, OffsetOf } from "./host.ts";
import { KMALLOC_INDEXES, KMALLOC_TYPES, createKmallocCaches, kmallocRoundup } from "./kmalloc.ts";
import { construct, mustConstruct } from "./slab.ts";
import {
  type CreateResult,
  type NewCache,
  createCache,
  destroyCache,
  freeToCache,
  shrink,
} from "./kmem-cache.ts";
import { type SlabParts, recordOf } from "./slab-pages.ts";
import type { WarnOnce } from "./warn-once.ts";

export type { HeapObject } from "./heap-view.ts";
export type { CreateResult, NewCache } from "./kmem-cache.ts";

/** kmalloc and friends (mm/slab_common.c). Addresses are 0 where the kernel answers NULL. */
export interface Heap {
  /** Zeroed, as with init_on_alloc. Size 0 answers with ZERO_SIZE_PTR. */
  kmalloc(size: number, gfp: number): Address;
  /** The same by the page allocator, whatever the size. */
  kmallocLarge(size: number, gfp: number): Address;
  /** NULL and ZERO_SIZE_PTR are ignored; what is no heap object is complained about or faults, as in the kernel. */
  kfree(address: Address): void;
  /** Bytes that may be used behind `address`. */
  ksize(address: Address): number;
  krealloc(address: Address, size: number, gfp: number): Address;
  kfreeSensitive(address: Address): void;
  kmallocRoundup(size: number): number;
  /** A copy of bytes in kernel memory that belongs to the kernel, not to the module. */
  internal(bytes: Uint8Array): Address;
  /** `struct kmem_cache *` of kmalloc_caches[type][index], 0 where there is none. */
  kmallocCache(type: number, index: number): Address;
  /** From a cache by its `struct kmem_cache *`. `size` is what was asked for, the object size if left out. */
  cacheAlloc(cache: Address, gfp: number, size?: number): Address;
  /** The same for a cache that may have a constructor. */
  cacheAllocConstructed(cache: Address, gfp: number): Routine<Address>;
  /** kmem_cache_create_usercopy: the `struct kmem_cache *`, or the errno for which it answers NULL or panics. */
  cacheCreate(request: NewCache): CreateResult;
  /** kmem_cache_destroy; a cache that still has objects stays, with the kernel's complaint. */
  cacheDestroy(cache: Address): void;
  /** kmem_cache_free, with its check that the object is the cache's. */
  cacheFree(cache: Address, object: Address): void;
  /** kmem_cache_size */
  cacheSize(cache: Address): number;
  /** kmem_cache_shrink: 0 when no slab is left. */
  cacheShrink(cache: Address): number;
  /** True when allocating from the cache may run its constructor in the guest. */
  hasConstructor(cache: Address): boolean;
  /** The object or block that `address` lies in or did lie in, or undefined. */
  objectAt(address: Address): HeapObject | undefined;
  /** Everything allocated, the kernel's own left out. */
  live(): Generator<HeapObject>;
  readonly caches: CacheTable;
  /** Who is told where objects begin and end; undefined: nobody. Objects that are there already are not told. */
  readonly shadow: { watch: HeapWatch | undefined };
}

export const createHeap = (
  parts: SlabParts,
  once: WarnOnce,
  journal: Journal,
  offsetOf: OffsetOf,
  seed: number,
): Heap => {
  const caches = createCacheTable(parts, journal, offsetOf, seed);
  const heap: HeapParts = { ...parts, once, caches, kmallocs: createKmallocCaches(caches, journal) };
  return {
    caches,
    shadow: parts.host.shadow,
    kmalloc: (size, gfp) => allocate(heap, size, gfp),
    kmallocLarge: (size, gfp) => allocateLarge(heap, size, gfp),
    kfree: (address) => release(heap, address),
    ksize(address) {
      const size = usableSize(heap, address);
      // Who asks may use all of it.
      if (size > 0 && recordOf(heap, address) !== 0) heap.host.shadow.watch?.allocated(address, size, size);
      return size;
    },
    krealloc: (address, size, gfp) => reallocate(heap, address, size, gfp),
    kfreeSensitive(address) {
      const size = usableSize(heap, address);
      if (size > 0) heap.host.memory.fill(address, 0, size);
      release(heap, address);
    },
    kmallocRoundup,
    internal: (bytes) => internalCopy(heap, bytes),
    kmallocCache: (type, index) => {
      const exists = type < KMALLOC_TYPES && index > 0 && index < KMALLOC_INDEXES;
      return exists ? heap.kmallocs.address(type, index) : 0;
    },
    cacheAlloc(address, gfp, size) {
      const cache = cacheAt(heap, address);
      return fromCache(heap, cache, gfp, size ?? cache.objectSize);
    },
    *cacheAllocConstructed(address, gfp) {
      const cache = cacheAt(heap, address);
      if (mustConstruct(heap, cache)) yield* construct(heap, cache, gfp);
      return mustConstruct(heap, cache) ? 0 : fromCache(heap, cache, gfp, cache.objectSize);
    },
    cacheCreate: (request) => createCache(heap, request),
    cacheDestroy: (address) => destroyCache(heap, address),
    cacheFree: (address, object) => freeToCache(heap, address, object),
    cacheSize: (address) => cacheAt(heap, address).objectSize,
    cacheShrink: (address) => shrink(heap, address),
    hasConstructor: (address) => cacheAt(heap, address).ctor !== 0,
    objectAt: (address) => objectAt(heap, address),
    live: () => listLive(heap),
  };
};
