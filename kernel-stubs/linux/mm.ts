/** include/linux/mm.h, as mm/page_alloc.c, mm/swap.c and mm/util.c do it. */
import { toPattern } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { DIRECT_MAP, isVmalloc } from "../../src/kernel/memory/layout.ts";
import { type Variable, stub, variable } from "../../src/stub/declare.ts";

const PG_DIRTY = 3;
/** Compound pages a module's list may hold before it is taken for a loop. */
const LIST_LIMIT = 1_000_000;

export const splitPage = stub(
  "void split_page(struct page *page, unsigned int order)",
  (k, { page, order }) => k.pages.split(page, order),
);

export const folioPut = stub(
  "void __folio_put(struct folio *folio)",
  { releases: { page: "folio" } },
  (k, { folio }) => k.pages.freeFolio(folio),
);

export const putPagesList = stub("void put_pages_list(struct list_head *pages)", (k, { pages }) => {
  const lru = k.offsetOf("page", "lru");
  let entry = k.memory.pointer(pages);
  for (let count = 0; entry !== pages && count < LIST_LIMIT; count += 1) {
    const next = k.memory.pointer(entry);
    k.pages.putPage(entry - lru);
    entry = next;
  }
  k.memory.setPointer(pages, pages);
  k.memory.setPointer(pages + 8, pages);
});

export const isVmallocAddr = stub("bool is_vmalloc_addr(const void *x)", (_k, { x }) => isVmalloc(x));

export const vmallocToPage = stub(
  "struct page *vmalloc_to_page(const void *vmalloc_addr)",
  (k, { vmalloc_addr }) => k.vmalloc.toPage(vmalloc_addr),
);

export const vmallocToPfn = stub(
  "unsigned long vmalloc_to_pfn(const void *vmalloc_addr)",
  (k, { vmalloc_addr }) => k.pages.pageToFrame(k.vmalloc.toPage(vmalloc_addr)),
);

/** Sets a flag of a page; true when it was clear. */
const setFlag = (k: Kernel, page: number, bit: number): boolean => {
  const flags = k.memory.u32(page);
  k.memory.setU32(page, (flags | (1 << bit)) >>> 0);
  return (flags & (1 << bit)) === 0;
};

const NO_MAPPING = { partial: "Pages of files are not told to their file system." } as const;

export const setPageDirty = stub(
  "bool set_page_dirty(struct page *page)",
  { level: NO_MAPPING },
  (k, { page }) => setFlag(k, page, PG_DIRTY),
);

export const setPageDirtyLock = stub(
  "int set_page_dirty_lock(struct page *page)",
  { sleeps: true, level: NO_MAPPING },
  (k, { page }) => (setFlag(k, page, PG_DIRTY) ? 1 : 0),
);

export const siMeminfo = stub("void si_meminfo(struct sysinfo *val)", (k, { val }) => {
  const figures = k.pages.figures();
  const set = (field: string, value: number): void =>
    k.memory.setU64(val + k.offsetOf("sysinfo", field), BigInt(value));
  set("totalram", figures.total);
  set("freeram", figures.free);
  for (const field of ["sharedram", "bufferram", "totalhigh", "freehigh"]) set(field, 0);
  k.memory.setU32(val + k.offsetOf("sysinfo", "mem_unit"), 4096);
});

export const totalramPages = variable("atomic_long_t _totalram_pages", (k, { address }) =>
  k.memory.setU64(address, BigInt(k.machine.frames.total)),
);

export const highMemory = variable("void *high_memory", (k, { address }) =>
  k.memory.setU64(address, toPattern(DIRECT_MAP + k.machine.frames.total * 4096)),
);

/** Device pages, whose references count otherwise, do not exist here. */
export const putDevmapManagedPageRefs = stub(
  "bool __put_devmap_managed_page_refs(struct page *page, int refs)",
  () => false,
);

/** Nobody maps pages to user space but through vm_area_structs. */
export const pageMapped = stub(
  "bool page_mapped(struct page *page)",
  (k, { page }) => k.memory.i32(page + k.offsetOf("page", "_mapcount")) >= 0,
);

export const pageIsRam = stub("int page_is_ram(unsigned long pfn)", (k, { pfn }) =>
  pfn < BigInt(k.machine.frames.total) ? 1 : 0,
);

/** Static keys of the allocators, as they stand after boot: `struct static_key` with its initial type bit. */
export const staticKey = (name: string, state: "on" | "off"): Variable =>
  variable(`struct static_key ${name}`, (k, { address }) => {
    k.memory.setU32(address, state === "on" ? 1 : 0);
    k.memory.setU64(address + k.offsetOf("static_key", "type"), state === "on" ? 1n : 0n);
  });

export const mmStaticKeys = [
  staticKey("init_on_alloc", "on"),
  staticKey("init_on_free", "off"),
  staticKey("devmap_managed_key", "off"),
  staticKey("_page_poisoning_enabled", "off"),
];

export const nrFreeBufferPages = stub("unsigned long nr_free_buffer_pages(void)", (k) =>
  BigInt(k.pages.figures().free),
);
