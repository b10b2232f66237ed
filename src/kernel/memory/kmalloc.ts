import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { Journal } from "../journal.ts";
import { type Cache, SLAB, cacheAlignment } from "./cache.ts";
import { type CacheTable, addCache } from "./caches.ts";
import { GFP } from "./gfp.ts";

/** A pointer to no bytes: not NULL, never dereferenced (include/linux/slab.h). */
export const ZERO_SIZE_PTR: Address = 0x10;
export const KMALLOC_MAX_CACHE_SIZE = 8192;

/** enum kmalloc_cache_type: first index of kmalloc_caches. */
export const KMALLOC_TYPE = { NORMAL: 0, CGROUP: 1, RECLAIM: 2, DMA: 3 } as const;
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

/** The kmalloc caches, each made when first used. */
export interface KmallocCaches {
  /** Undefined when memory is used up. */
  find(type: number, index: number): Cache | undefined;
}

export const createKmallocCaches = (table: CacheTable, journal: Journal): KmallocCaches => {
  const made: (Cache | undefined)[] = Array.from({ length: KMALLOC_TYPES * KMALLOC_INDEXES });
  return {
    find(type, index) {
      const at = type * KMALLOC_INDEXES + index;
      const found = made[at];
      if (found !== undefined) return found;
      const size = classSize(index);
      const power = (size & (size - 1)) === 0;
      const flags = (FLAGS[type] ?? 0) | SLAB.KMALLOC;
      const cache = addCache(table, {
        name: `${PREFIX[type]}${sizeText(size)}`,
        size,
        align: cacheAlignment(flags, power ? Math.max(8, size) : 8, size),
        flags,
        ctor: 0,
        userOffset: 0,
        userSize: size,
      });
      if (cache !== undefined) journal.touch(made)[at] = cache;
      return cache;
    },
  };
};
