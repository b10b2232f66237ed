/** arch/x86/include/asm/page.h and page_64.h, as arch/x86/mm/physaddr.c does it. */
import { toAddress } from "../../src/base/address.ts";
import {
  DIRECT_MAP,
  KERNEL_IMAGE_SIZE,
  KERNEL_MAP,
  VMALLOC_START,
  VMEMMAP,
} from "../../src/kernel/memory/layout.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** phys_addr_valid: x86_phys_bits of the emulated CPU. */
const PHYSICAL_END = 2 ** 46;

export const pageOffsetBase = variable("unsigned long page_offset_base", (k, { address }) =>
  k.memory.setPointer(address, DIRECT_MAP),
);
export const vmallocBase = variable("unsigned long vmalloc_base", (k, { address }) =>
  k.memory.setPointer(address, VMALLOC_START),
);
export const vmemmapBase = variable("unsigned long vmemmap_base", (k, { address }) =>
  k.memory.setPointer(address, VMEMMAP),
);
/** The image lies where it was linked. */
export const physBase = variable("unsigned long phys_base", (k, { address }) =>
  k.memory.setPointer(address, 0),
);

export const virtAddrValid = stub("bool __virt_addr_valid(unsigned long x)", (k, { x }) => {
  const address = toAddress(x);
  if (address >= KERNEL_MAP) {
    const offset = address - KERNEL_MAP;
    return offset < KERNEL_IMAGE_SIZE && k.pages.isValidFrame(Math.floor(offset / 4096));
  }
  const physical = address - DIRECT_MAP;
  if (physical < 0 || physical >= PHYSICAL_END || address >= 0) return false;
  return k.pages.isValidFrame(Math.floor(physical / 4096));
});
