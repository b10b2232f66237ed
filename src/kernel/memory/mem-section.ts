import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { Heap } from "./heap.ts";
import type { MemoryHost } from "./host.ts";
import { IMAGE_END, IMAGE_PHYS } from "./layout.ts";
import { SECTION_FRAMES } from "./pages.ts";

/** Flags in the low bits of section_mem_map: present, has a memory map, online, there since boot. */
const EARLY_SECTION = 0xf;
/** sizeof(struct mem_section); section_mem_map comes first. No module's BTF has it. */
const SECTION_STRUCT = 32;
/** SECTIONS_PER_ROOT: structs in a page. */
const PER_ROOT = PAGE_SIZE / SECTION_STRUCT;
/** NR_SECTION_ROOTS with 46 bits of physical address: what `pfn_valid` may index. */
const ROOTS = 4096;

/**
 * The table behind the `mem_section` pointer, which `pfn_valid` in modules reads (SPARSEMEM_EXTREME):
 * an array of pointers to pages of `struct mem_section`. Answers with its address, 0 without memory.
 */
export const createMemSections = (host: MemoryHost, heap: Heap): Address => {
  const { memory } = host;
  const roots = heap.internal(new Uint8Array(ROOTS * 8));
  const structs = heap.internal(new Uint8Array(PAGE_SIZE));
  if (roots === 0 || structs === 0) return 0;
  memory.setPointer(roots, structs);
  const present = (from: number, frames: number): void => {
    const end = Math.min(PER_ROOT, Math.ceil((from + frames) / SECTION_FRAMES));
    for (let section = Math.floor(from / SECTION_FRAMES); section < end; section += 1)
      memory.setPointer(structs + section * SECTION_STRUCT, EARLY_SECTION);
  };
  present(0, host.frames.total);
  present(IMAGE_PHYS / PAGE_SIZE, IMAGE_END / PAGE_SIZE);
  return roots;
};
