/** Parts of pages: include/linux/gfp.h, as mm/page_alloc.c does it; all state is in the guest's cache. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP, maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

/** PAGE_FRAG_CACHE_MAX_SIZE, and its order. */
const MAX_SIZE = 32768;
const MAX_ORDER = 3;
/** `struct page_frag_cache`: address, next offset, size, references held beyond the fragments', pfmemalloc. */
const CACHE = { VA: 0, OFFSET: 8, SIZE: 10, BIAS: 12, PFMEMALLOC: 16 } as const;

const references = (k: Kernel, page: Address): Address => page + k.offsetOf("page", "_refcount");
const addReferences = (k: Kernel, page: Address, count: number): number => {
  const at = references(k, page);
  const left = k.memory.i32(at) + count;
  k.memory.setU32(at, left >>> 0);
  return left;
};

/** A new page for the cache; false when there is none. */
const refill = (k: Kernel, cache: Address, gfp: number): boolean => {
  const quiet = gfp | GFP.COMP | GFP.NOWARN | GFP.NORETRY | GFP.NOMEMALLOC;
  const large = k.pages.allocPages(MAX_ORDER, quiet);
  const page = large === 0 ? k.pages.allocPages(0, gfp) : large;
  k.memory.setPointer(cache + CACHE.VA, page === 0 ? 0 : k.pages.pageToVirt(page));
  if (page === 0) return false;
  const size = large === 0 ? 4096 : MAX_SIZE;
  addReferences(k, page, MAX_SIZE);
  k.memory.setU16(cache + CACHE.SIZE, size);
  k.memory.setU16(cache + CACHE.OFFSET, size);
  k.memory.setU32(cache + CACHE.BIAS, MAX_SIZE + 1);
  k.memory.setU8(cache + CACHE.PFMEMALLOC, 0);
  return true;
};

/** The page is used up: starts it again if nobody holds a part of it, or takes another. */
const renew = (k: Kernel, cache: Address, gfp: number): boolean => {
  const page = k.pages.virtToPage(k.memory.pointer(cache + CACHE.VA));
  if (addReferences(k, page, -k.memory.u32(cache + CACHE.BIAS)) !== 0) return refill(k, cache, gfp);
  k.memory.setU32(references(k, page), MAX_SIZE + 1);
  k.memory.setU32(cache + CACHE.BIAS, MAX_SIZE + 1);
  k.memory.setU16(cache + CACHE.OFFSET, k.memory.u16(cache + CACHE.SIZE));
  return true;
};

export const pageFragAllocAlign = stub(
  `void *page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp_mask,
    unsigned int align_mask)`,
  { fails: ["NULL"], sleeps: ({ gfp_mask }) => maySleep(gfp_mask), acquires: { page_frag: "return" } },
  (k, { nc, fragsz, gfp_mask, align_mask }) => {
    if (k.memory.pointer(nc + CACHE.VA) === 0 && !refill(k, nc, gfp_mask)) return 0;
    let offset = k.memory.u16(nc + CACHE.OFFSET) - fragsz;
    if (offset < 0) {
      if (!renew(k, nc, gfp_mask)) return 0;
      offset = k.memory.u16(nc + CACHE.OFFSET) - fragsz;
      if (offset < 0) return 0;
    }
    offset = (offset & align_mask) >>> 0;
    k.memory.setU32(nc + CACHE.BIAS, k.memory.u32(nc + CACHE.BIAS) - 1);
    k.memory.setU16(nc + CACHE.OFFSET, offset);
    return k.memory.pointer(nc + CACHE.VA) + offset;
  },
);

export const pageFragFree = stub(
  "void page_frag_free(void *addr)",
  { releases: { page_frag: "addr" } },
  (k, { addr }) => k.pages.putPage(k.pages.virtToPage(addr)),
);

export const pageFragCacheDrain = stub(
  "void __page_frag_cache_drain(struct page *page, unsigned int count)",
  (k, { page, count }) => {
    if (addReferences(k, page, -count) === 0) k.pages.freeFolio(page);
  },
);
