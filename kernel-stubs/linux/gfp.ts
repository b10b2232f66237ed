/** include/linux/gfp.h, as mm/page_alloc.c does it. */
import { toAddress } from "../../src/base/address.ts";
import { GFP, maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

const sleeps = ({ gfp }: { readonly gfp: number }): boolean => maySleep(gfp);
const sleepsMask = ({ gfp_mask }: { readonly gfp_mask: number }): boolean => maySleep(gfp_mask);

export const allocPages = stub(
  "struct page *alloc_pages(gfp_t gfp, unsigned int order)",
  { fails: ["NULL"], sleeps, acquires: { page: "return" } },
  (k, { gfp, order }) => k.pages.allocPages(order, gfp),
);

export const allocPagesNodemask = stub(
  "struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask)",
  { fails: ["NULL"], sleeps, acquires: { page: "return" } },
  (k, { gfp, order }) => k.pages.allocPages(order, gfp),
);

export const folioAlloc = stub(
  "struct folio *folio_alloc(gfp_t gfp, unsigned int order)",
  { fails: ["NULL"], sleeps, acquires: { page: "return" } },
  (k, { gfp, order }) => k.pages.allocPages(order, gfp | GFP.COMP),
);

export const folioAllocNodemask = stub(
  "struct folio *__folio_alloc(gfp_t gfp, unsigned int order, int preferred_nid, nodemask_t *nodemask)",
  { fails: ["NULL"], sleeps, acquires: { page: "return" } },
  (k, { gfp, order }) => k.pages.allocPages(order, gfp | GFP.COMP),
);

export const getFreePages = stub(
  "unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)",
  { fails: ["ZERO"], sleeps: sleepsMask, acquires: { page_address: "return" } },
  (k, { gfp_mask, order }) => k.pages.getFreePages(order, gfp_mask),
);

export const getZeroedPage = stub(
  "unsigned long get_zeroed_page(gfp_t gfp_mask)",
  { fails: ["ZERO"], sleeps: sleepsMask, acquires: { page_address: "return" } },
  (k, { gfp_mask }) => k.pages.getFreePages(0, gfp_mask | GFP.ZERO),
);

export const freePages = stub(
  "void free_pages(unsigned long addr, unsigned int order)",
  { releases: { page_address: "addr" } },
  (k, { addr, order }) => k.pages.freeAddress(toAddress(addr), order),
);

export const freePagesByPage = stub(
  "void __free_pages(struct page *page, unsigned int order)",
  { releases: { page: "page" } },
  (k, { page, order }) => k.pages.freePages(page, order),
);

export const allocPagesExact = stub(
  "void *alloc_pages_exact(size_t size, gfp_t gfp_mask)",
  { fails: ["NULL"], sleeps: sleepsMask, acquires: { page_exact: "return" } },
  (k, { size, gfp_mask }) => k.pages.allocExact(size, gfp_mask),
);

export const freePagesExact = stub(
  "void free_pages_exact(void *virt, size_t size)",
  { releases: { page_exact: "virt" } },
  (k, { virt, size }) => k.pages.freeExact(virt, size),
);

/** Pages one by one, into the empty places of an array or to the front of a list. */
export const allocPagesBulk = stub(
  `unsigned long __alloc_pages_bulk(gfp_t gfp, int preferred_nid, nodemask_t *nodemask, int nr_pages,
    struct list_head *page_list, struct page **page_array)`,
  { sleeps, fails: ["ZERO"] },
  (k, { gfp, nr_pages, page_list, page_array }) => {
    let count = 0;
    for (; count < nr_pages; count += 1) {
      if (page_array !== 0 && k.memory.pointer(page_array + count * 8) !== 0) continue;
      const page = k.pages.allocPages(0, gfp);
      if (page === 0) break;
      if (page_array !== 0) {
        k.memory.setPointer(page_array + count * 8, page);
        continue;
      }
      const node = page + k.offsetOf("page", "lru");
      const first = k.memory.pointer(page_list);
      k.memory.setPointer(node, first);
      k.memory.setPointer(node + 8, page_list);
      k.memory.setPointer(first + 8, node);
      k.memory.setPointer(page_list, node);
    }
    return BigInt(count);
  },
);
