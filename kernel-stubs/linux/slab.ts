/** include/linux/slab.h, as mm/slab_common.c and mm/slub.c do it. */
import { type Address, hex16 } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import type { NewCache } from "../../src/kernel/memory/heap.ts";
import { KMALLOC_INDEXES, KMALLOC_TYPES, ZERO_SIZE_PTR } from "../../src/kernel/memory/kmalloc.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const sleeps = ({ flags }: { readonly flags: number }): boolean => maySleep(flags);
const sleepsGfp = ({ gfpflags }: { readonly gfpflags: number }): boolean => maySleep(gfpflags);
const ALLOCATES = { fails: ["NULL"], sleeps, acquires: { slab: "return" } } as const;
const FROM_CACHE = { fails: ["NULL"], sleeps: sleepsGfp, acquires: { slab: "return" } } as const;

/** Index 0 and the indexes below 8 bytes hold NULL, as in the kernel. */
export const kmallocCaches = variable("struct kmem_cache *kmalloc_caches[4][14]", (k, { address }) => {
  for (let type = 0; type < KMALLOC_TYPES; type += 1) {
    for (let index = 0; index < KMALLOC_INDEXES; index += 1) {
      const at = address + (type * KMALLOC_INDEXES + index) * 8;
      k.memory.setPointer(at, k.heap.kmallocCache(type, index));
    }
  }
});

export const kmalloc = stub("void *__kmalloc(size_t size, gfp_t flags)", ALLOCATES, (k, { size, flags }) =>
  k.heap.kmalloc(size, flags),
);

export const kmallocNode = stub(
  "void *__kmalloc_node(size_t size, gfp_t flags, int node)",
  ALLOCATES,
  (k, { size, flags }) => k.heap.kmalloc(size, flags),
);

export const kmallocNodeTrackCaller = stub(
  "void *__kmalloc_node_track_caller(size_t size, gfp_t flags, int node, unsigned long caller)",
  ALLOCATES,
  (k, { size, flags }) => k.heap.kmalloc(size, flags),
);

export const kmallocTrace = stub(
  "void *kmalloc_trace(struct kmem_cache *s, gfp_t gfpflags, size_t size)",
  FROM_CACHE,
  (k, { s, gfpflags, size }) => k.heap.cacheAlloc(s, gfpflags, size),
);

export const kmallocNodeTrace = stub(
  "void *kmalloc_node_trace(struct kmem_cache *s, gfp_t gfpflags, int node, size_t size)",
  FROM_CACHE,
  (k, { s, gfpflags, size }) => k.heap.cacheAlloc(s, gfpflags, size),
);

export const kmallocLarge = stub(
  "void *kmalloc_large(size_t size, gfp_t flags)",
  ALLOCATES,
  (k, { size, flags }) => k.heap.kmallocLarge(size, flags),
);

export const kmallocLargeNode = stub(
  "void *kmalloc_large_node(size_t size, gfp_t flags, int node)",
  ALLOCATES,
  (k, { size, flags }) => k.heap.kmallocLarge(size, flags),
);

export const kfree = stub(
  "void kfree(const void *object)",
  { releases: { slab: "object" } },
  (k, { object }) => k.heap.kfree(object),
);

export const kfreeSensitive = stub(
  "void kfree_sensitive(const void *p)",
  { releases: { slab: "p" } },
  (k, { p }) => k.heap.kfreeSensitive(p),
);

export const ksize = stub("size_t ksize(const void *objp)", (k, { objp }) => k.heap.ksize(objp));

export const krealloc = stub(
  "void *krealloc(const void *p, size_t new_size, gfp_t flags)",
  { fails: ["NULL"], sleeps, acquires: { slab: "return" }, releases: { slab: "p" } },
  (k, { p, new_size, flags }) => k.heap.krealloc(p, new_size, flags),
);

export const kvmallocNode = stub(
  "void *kvmalloc_node(size_t size, gfp_t flags, int node)",
  { fails: ["NULL"], sleeps, acquires: { kvmalloc: "return" } },
  (k, { size, flags }) => k.vmalloc.kvmalloc(size, flags),
);

export const kvfree = stub(
  "void kvfree(const void *addr)",
  { releases: { kvmalloc: "addr" } },
  (k, { addr }) => k.vmalloc.kvfree(addr),
);

export const kvfreeSensitive = stub(
  "void kvfree_sensitive(const void *addr, size_t len)",
  { releases: { kvmalloc: "addr" } },
  (k, { addr, len }) => {
    if (addr >= 0 && addr <= ZERO_SIZE_PTR) return;
    k.memory.fill(addr, 0, len);
    k.vmalloc.kvfree(addr);
  },
);

export const kvrealloc = stub(
  "void *kvrealloc(const void *p, size_t oldsize, size_t newsize, gfp_t flags)",
  { fails: ["NULL"], sleeps, acquires: { kvmalloc: "return" }, releases: { kvmalloc: "p" } },
  (k, { p, oldsize, newsize, flags }) => {
    if (oldsize >= newsize) return p;
    const fresh = k.vmalloc.kvmalloc(newsize, flags);
    if (fresh === 0) return 0;
    k.memory.write(fresh, k.memory.bytes(p, oldsize));
    k.vmalloc.kvfree(p);
    return fresh;
  },
);

export const kmallocSizeRoundup = stub("size_t kmalloc_size_roundup(size_t size)", (k, { size }) =>
  k.heap.kmallocRoundup(size),
);

/** Creates a cache; a failure that may not happen (SLAB_PANIC) is a panic. */
const create = (k: Kernel, request: NewCache): Address => {
  const result = k.heap.cacheCreate(request);
  if ("cache" in result) return result.cache;
  if (!result.panics) return 0;
  return k.traces.panic(
    `kmem_cache_create_usercopy: Failed to create slab '${request.name}'. Error -${result.errno}`,
  );
};

export const kmemCacheCreate = stub(
  `struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
    slab_flags_t flags, void (*ctor)(void *))`,
  { fails: ["NULL"], sleeps: true, acquires: { kmem_cache: "return" } },
  (k, { name, size, align, flags, ctor }) =>
    create(k, { name: k.memory.cstring(name), size, align, flags, ctor, userOffset: 0, userSize: 0 }),
);

export const kmemCacheCreateUsercopy = stub(
  `struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size, unsigned int align,
    slab_flags_t flags, unsigned int useroffset, unsigned int usersize, void (*ctor)(void *))`,
  { fails: ["NULL"], sleeps: true, acquires: { kmem_cache: "return" } },
  (k, { name, size, align, flags, useroffset, usersize, ctor }) =>
    create(k, {
      name: k.memory.cstring(name),
      size,
      align,
      flags,
      ctor,
      userOffset: useroffset,
      userSize: usersize,
    }),
);

export const kmemCacheDestroy = stub(
  "void kmem_cache_destroy(struct kmem_cache *s)",
  { sleeps: true, releases: { kmem_cache: "s" } },
  (k, { s }) => k.heap.cacheDestroy(s),
);

export const kmemCacheAlloc = stub(
  "void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfpflags)",
  FROM_CACHE,
  function* (k, { s, gfpflags }) {
    return yield* k.heap.cacheAllocConstructed(s, gfpflags);
  },
);

export const kmemCacheAllocLru = stub(
  "void *kmem_cache_alloc_lru(struct kmem_cache *s, struct list_lru *lru, gfp_t gfpflags)",
  FROM_CACHE,
  function* (k, { s, gfpflags }) {
    return yield* k.heap.cacheAllocConstructed(s, gfpflags);
  },
);

export const kmemCacheAllocNode = stub(
  "void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t gfpflags, int node)",
  FROM_CACHE,
  function* (k, { s, gfpflags }) {
    return yield* k.heap.cacheAllocConstructed(s, gfpflags);
  },
);

export const kmemCacheFree = stub(
  "void kmem_cache_free(struct kmem_cache *s, void *x)",
  { releases: { slab: "x" } },
  (k, { s, x }) => k.heap.cacheFree(s, x),
);

/** What an array of pointers holds; no more than anybody asks for at once. */
const pointersAt = (k: Kernel, array: Address, count: number): Address[] =>
  Array.from({ length: Math.min(count, 4096) }, (_, index) => k.memory.pointer(array + index * 8));

export const kmemCacheAllocBulk = stub(
  "int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p)",
  { fails: ["ZERO"], acquires: { slab: (k, { size, p }) => pointersAt(k, p, size) }, sleeps },
  function* (k, { s, flags, size, p }) {
    for (let done = 0; done < size; done += 1) {
      const object = yield* k.heap.cacheAllocConstructed(s, flags);
      if (object === 0) {
        // All or nothing.
        for (let index = 0; index < done; index += 1) k.heap.cacheFree(s, k.memory.pointer(p + index * 8));
        return 0;
      }
      k.memory.setPointer(p + done * 8, object);
    }
    return size;
  },
);

export const kmemCacheFreeBulk = stub(
  "void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p)",
  { releases: { slab: (k, { size, p }) => pointersAt(k, p, size) } },
  (k, { s, size, p }) => {
    for (let index = size - 1; index >= 0; index -= 1) {
      const object = k.memory.pointer(p + index * 8);
      // Without a cache the objects are kmalloc's (kfree_bulk).
      if (s === 0) k.heap.kfree(object);
      else k.heap.cacheFree(s, object);
    }
  },
);

export const kmemCacheShrink = stub("int kmem_cache_shrink(struct kmem_cache *cachep)", (k, { cachep }) =>
  k.heap.cacheShrink(cachep),
);

export const kmemCacheSize = stub("unsigned int kmem_cache_size(struct kmem_cache *s)", (k, { s }) =>
  k.heap.cacheSize(s),
);

export const kmemDumpObj = stub(
  "bool kmem_dump_obj(void *object)",
  { level: { partial: "Names the cache only." } },
  (k, { object }) => {
    const found = k.heap.objectAt(object);
    if (found === undefined || found.cache === "page") return false;
    const where = `start ${hex16(found.base)} pointer offset ${object - found.base}`;
    k.log.print(`\x01c slab ${found.cache} ${where} size ${found.capacity}\n`);
    return true;
  },
);
