import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { Journal } from "../journal.ts";
import { type Cache, type CacheRequest, SLAB, cacheAlignment } from "./cache.ts";
import { type CacheTable, addCache } from "./caches.ts";
import { GFP } from "./gfp.ts";
import { frameToVirt } from "./layout.ts";

/** A pointer to no bytes: not NULL, never dereferenced (include/linux/slab.h). */
export const ZERO_SIZE_PTR: Address = 0x10;
export const KMALLOC_MAX_CACHE_SIZE = 8192;

/** enum kmalloc_cache_type: first index of kmalloc_caches. */
const KMALLOC_TYPE = { NORMAL: 0, CGROUP: 1, RECLAIM: 2, DMA: 3 } as const;
export const KMALLOC_TYPES = 4;
/** KMALLOC_SHIFT_HIGH + 1: second index; 0 is unused, 1 is 96 bytes, 2 is 192, n is 2^n. */
export const KMALLOC_INDEXES = 14;

const PREFIX = ["kmalloc-", "kmalloc-cg-", "kmalloc-rcl-", "dma-kmalloc-"] as const;
const FLAGS = [0, SLAB.ACCOUNT, SLAB.RECLAIM_ACCOUNT, SLAB.CACHE_DMA] as const;

/** Index of the size class for 1..8192 bytes (mm/slab_common.c, kmalloc_slab). */
export const kmallocIndex = (size: number): number => {
  if (size <= 192) {
    if (size <= 8) return 3;
    if (size > 64 && size <= 96) return 1;
    if (size > 128) return 2;
  }
  return 32 - Math.clz32(size - 1);
};

const classSize = (index: number): number => (index === 1 ? 96 : index === 2 ? 192 : 2 ** index);
const sizeText = (size: number): string => (size >= 1024 ? `${size / 1024}k` : `${size}`);

/** Which row of kmalloc_caches serves these flags (include/linux/slab.h, kmalloc_type). */
export const kmallocType = (gfp: number): number => {
  if ((gfp & (GFP.DMA | GFP.RECLAIMABLE | GFP.ACCOUNT)) === 0) return KMALLOC_TYPE.NORMAL;
  if ((gfp & GFP.DMA) !== 0) return KMALLOC_TYPE.DMA;
  return (gfp & GFP.RECLAIMABLE) === 0 ? KMALLOC_TYPE.CGROUP : KMALLOC_TYPE.RECLAIM;
};

/** Bytes that kmalloc really gives for `size`. */
export const kmallocRoundup = (size: number): number => {
  if (size === 0) return 0;
  if (size <= KMALLOC_MAX_CACHE_SIZE) return classSize(kmallocIndex(size));
  let bytes = PAGE_SIZE;
  while (bytes < size) bytes *= 2;
  return bytes;
};

/** The kmalloc caches. Each has its address from the start, and is made when first used. */
export interface KmallocCaches {
  /** Undefined when memory is used up. */
  find(type: number, index: number): Cache | undefined;
  /** `struct kmem_cache *`; 0 when memory is used up. */
  address(type: number, index: number): Address;
  /** The cache at such an address. */
  at(address: Address): Cache | undefined;
}

/** Room for each descriptor, and the order of the block that holds them all. */
const DESCRIPTOR = 256;
const DESCRIPTORS_ORDER = 2;

const kmallocRequest = (type: number, index: number): CacheRequest => {
  const size = classSize(index);
  const power = (size & (size - 1)) === 0;
  const flags = (FLAGS[type] ?? 0) | SLAB.KMALLOC;
  const name = `${PREFIX[type]}${sizeText(size)}`;
  const align = cacheAlignment(flags, power ? Math.max(8, size) : 8, size);
  return { name, size, align, flags, ctor: 0, userOffset: 0, userSize: size };
};

export const createKmallocCaches = (table: CacheTable, journal: Journal): KmallocCaches => {
  const made: (Cache | undefined)[] = Array.from({ length: KMALLOC_TYPES * KMALLOC_INDEXES });
  const state = { base: 0 };
  const address = (type: number, index: number): Address => {
    if (state.base === 0) {
      const frame = table.parts.pages.allocate(DESCRIPTORS_ORDER, GFP.COMP);
      if (frame === undefined) return 0;
      journal.touch(state).base = frameToVirt(frame);
    }
    return state.base + (type * KMALLOC_INDEXES + index) * DESCRIPTOR;
  };
  const find = (type: number, index: number): Cache | undefined => {
    const slot = type * KMALLOC_INDEXES + index;
    const found = made[slot];
    if (found !== undefined) return found;
    const place = address(type, index);
    const cache = place === 0 ? undefined : addCache(table, kmallocRequest(type, index), place);
    if (cache !== undefined) journal.touch(made)[slot] = cache;
    return cache;
  };
  return {
    find,
    address,
    at(place) {
      const slot = (place - state.base) / DESCRIPTOR;
      if (state.base === 0 || !Number.isInteger(slot) || slot < 0 || slot >= made.length) return undefined;
      const index = slot % KMALLOC_INDEXES;
      return index === 0 ? undefined : find(Math.floor(slot / KMALLOC_INDEXES), index);
    },
  };
};
