import { PAGE_SIZE, type Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";

/** include/linux/slab.h */
export const SLAB = {
  CONSISTENCY_CHECKS: 0x100,
  RED_ZONE: 0x400,
  POISON: 0x800,
  KMALLOC: 0x1000,
  HWCACHE_ALIGN: 0x2000,
  CACHE_DMA: 0x4000,
  CACHE_DMA32: 0x8000,
  STORE_USER: 0x10000,
  RECLAIM_ACCOUNT: 0x20000,
  PANIC: 0x40000,
  TYPESAFE_BY_RCU: 0x80000,
  TRACE: 0x200000,
  NOLEAKTRACE: 0x800000,
  ACCOUNT: 0x4000000,
} as const;

/** What kmem_cache_create takes. */
export interface CacheRequest {
  readonly name: ByteString;
  readonly size: number;
  readonly align: number;
  readonly flags: number;
  /** Guest function run on every object of a new slab, or 0. */
  readonly ctor: Address;
  readonly userOffset?: number;
  readonly userSize?: number;
}

/** Where things lie in a slab (mm/slub.c, calculate_sizes). */
export interface Geometry {
  /** Distance of objects, with all overhead. */
  readonly size: number;
  /** Bytes before the free pointer, if it lies behind the object. */
  readonly inuse: number;
  /** Where the free pointer is in a free object. */
  readonly offset: number;
  readonly align: number;
  readonly order: number;
  readonly objects: number;
  /** Empty slabs beyond so many partial ones go back to the page allocator. */
  readonly keep: number;
  readonly minPartial: number;
}

const MAX_OBJECTS = 32767;
/** PAGE_ALLOC_COSTLY_ORDER, the largest order a slab is given freely. */
const MAX_SLAB_ORDER = 3;
/** 4 * (fls(nr_cpu_ids) + 1) with one CPU. */
const MIN_OBJECTS = 8;
const CACHE_LINE = 64;

/** A multiple of `to`, which need not be a power of two; sizes here stay below 2^53. */
const align = (value: number, to: number): number => Math.ceil(value / to) * to;
const orderFor = (bytes: number): number => {
  let order = 0;
  while (PAGE_SIZE * 2 ** order < bytes && order < 32) order += 1;
  return order;
};

/** mm/slab_common.c, calculate_alignment */
export const cacheAlignment = (flags: number, wanted: number, size: number): number => {
  let alignment = wanted;
  if ((flags & SLAB.HWCACHE_ALIGN) !== 0) {
    let line = CACHE_LINE;
    while (line > 8 && size <= line / 2) line /= 2;
    alignment = Math.max(alignment, line);
  }
  return align(Math.max(alignment, 8), 8);
};

const fittingOrder = (size: number, minObjects: number, maxOrder: number, fraction: number): number => {
  if (Math.floor(PAGE_SIZE / size) > MAX_OBJECTS) return orderFor(size * MAX_OBJECTS) - 1;
  for (let order = orderFor(minObjects * size); order <= maxOrder; order += 1) {
    const bytes = PAGE_SIZE * 2 ** order;
    if (bytes % size <= bytes / fraction) return order;
  }
  return maxOrder + 1;
};

/** mm/slub.c, calculate_order; undefined where nothing fits. */
const slabOrder = (size: number): number | undefined => {
  let minObjects = Math.min(MIN_OBJECTS, Math.floor((PAGE_SIZE << MAX_SLAB_ORDER) / size));
  for (; minObjects > 1; minObjects -= 1) {
    for (let fraction = 16; fraction >= 4; fraction /= 2) {
      const order = fittingOrder(size, minObjects, MAX_SLAB_ORDER, fraction);
      if (order <= MAX_SLAB_ORDER) return order;
    }
  }
  const single = fittingOrder(size, 1, MAX_SLAB_ORDER, 1);
  if (single <= MAX_SLAB_ORDER) return single;
  const large = fittingOrder(size, 1, 10, 1);
  return large <= 10 ? large : undefined;
};

/** mm/slub.c, set_cpu_partial: objects, then slabs taken as half full. */
const cpuPartialSlabs = (size: number, objects: number): number => {
  const wanted = size >= PAGE_SIZE ? 6 : size >= 1024 ? 24 : size >= 256 ? 52 : 120;
  return Math.ceil((wanted * 2) / objects);
};

export const cacheGeometry = (request: CacheRequest): Geometry | undefined => {
  const { flags } = request;
  if (request.size <= 0) return undefined;
  const inuse = align(request.size, 8);
  const outside = (flags & (SLAB.TYPESAFE_BY_RCU | SLAB.POISON)) !== 0 || request.ctor !== 0;
  const size = align(outside ? inuse + 8 : inuse, request.align);
  const order = slabOrder(size);
  if (order === undefined) return undefined;
  const objects = Math.floor((PAGE_SIZE * 2 ** order) / size);
  if (objects < 1) return undefined;
  const minPartial = Math.max(5, Math.min(10, Math.floor(Math.log2(size) / 2)));
  return {
    size,
    inuse,
    offset: outside ? inuse : Math.floor(Math.floor(request.size / 2) / 8) * 8,
    align: request.align,
    order,
    objects,
    keep: minPartial + cpuPartialSlabs(size, objects),
    minPartial,
  };
};

/** A slab cache. Plain data: change it only after `journal.touch`. */
export interface Cache {
  readonly id: number;
  /** The guest's `struct kmem_cache`. */
  address: Address;
  readonly name: ByteString;
  /** The largest that an alias asked for. */
  objectSize: number;
  readonly flags: number;
  readonly ctor: Address;
  readonly userOffset: number;
  readonly userSize: number;
  readonly geometry: Geometry;
  /** Its record in private memory (HOT). */
  readonly hot: number;
  /** s->random: hides the free pointers. */
  readonly secret: { readonly low: number; readonly high: number };
  /** kmem_cache_create calls that share it; -1: never merged. */
  refcount: number;
}

/** Fields of a cache's record in private memory, words. */
export const HOT = {
  /** First free object of the CPU slab: a double. */
  FREELIST: 0,
  /** Slab that allocations come from. */
  CPU: 2,
  PARTIAL: 3,
  PARTIALS: 4,
  SLABS: 5,
  /** First of all slabs. */
  ALL: 6,
  /** Objects allocated. */
  ACTIVE: 7,
  WORDS: 16,
} as const;

/** Fields of a slab's record, words. */
export const RECORD = {
  /** Cache.id */
  CACHE: 0,
  FRAME: 1,
  OBJECTS: 2,
  /** Objects allocated. */
  INUSE: 3,
  /** First free object while it is not the CPU slab: a double. */
  FREELIST: 4,
  NEXT: 6,
  PREVIOUS: 7,
  STATE: 8,
  /** Two words an object: size asked for with OBJECT bits, serial number. */
  SIDE: 9,
  ALL_NEXT: 10,
  ALL_PREVIOUS: 11,
  WORDS: 16,
} as const;

export const STATE = { FULL: 0, CPU: 1, PARTIAL: 2 } as const;
export const OBJECT = { ALLOCATED: 0x80000000, INTERNAL: 0x40000000, SIZE: 0x3fffffff } as const;
