/** arch/x86/include/asm/page_64.h: whole pages (clear_page_64.S, copy_page_64.S). */
import { PAGE_SIZE } from "../../src/base/address.ts";
import { copyForward } from "../../src/kernel/data/guest-bytes.ts";
import { DIRECT_MAP, IMAGE_PHYS, VMALLOC_START, VMEMMAP } from "../../src/kernel/memory/layout.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const clearPage = stub(
  "void clear_page_erms(void *page)",
  { aliases: ["clear_page_rep", "clear_page_orig"] },
  (k, { page }) => k.memory.fill(page, 0, PAGE_SIZE),
);

export const copyPage = stub("void copy_page(void *to, void *from)", (k, { to, from }) =>
  copyForward(k.memory, to, from, PAGE_SIZE),
);

export const pageOffsetBase = variable("unsigned long page_offset_base", (k, { address }) =>
  k.memory.setPointer(address, DIRECT_MAP),
);
export const vmallocBase = variable("unsigned long vmalloc_base", (k, { address }) =>
  k.memory.setPointer(address, VMALLOC_START),
);
export const vmemmapBase = variable("unsigned long vmemmap_base", (k, { address }) =>
  k.memory.setPointer(address, VMEMMAP),
);
export const physBase = variable("unsigned long phys_base", (k, { address }) =>
  k.memory.setPointer(address, IMAGE_PHYS),
);
