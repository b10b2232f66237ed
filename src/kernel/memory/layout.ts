import { type Address, PAGE_SIZE, addressFromHalves } from "../../base/address.ts";

/** The kernel's virtual memory map without KASLR (Documentation/x86/x86_64/mm.rst, 4-level). */
export const DIRECT_MAP: Address = addressFromHalves(0x00000000, 0xffff8880);
export const DIRECT_MAP_END: Address = addressFromHalves(0x00000000, 0xffffc880);
export const VMALLOC_START: Address = addressFromHalves(0x00000000, 0xffffc900);
const VMALLOC_END: Address = addressFromHalves(0x00000000, 0xffffe900);
export const VMEMMAP: Address = addressFromHalves(0x00000000, 0xffffea00);
export const KERNEL_MAP: Address = addressFromHalves(0x80000000, 0xffffffff);
/** Size of the window at KERNEL_MAP that holds the image (KERNEL_IMAGE_SIZE with relocation support). */
export const KERNEL_IMAGE_SIZE = 0x40000000;
/** Per-CPU area of CPU 0: what the gs base holds. */
export const PERCPU_BASE: Address = addressFromHalves(0x3d800000, 0xffff8880);

/** Physical address of KERNEL_MAP (phys_base): behind all RAM, whose frames the image does not take. */
export const IMAGE_PHYS = 0x1_0000_0000;

/** How far the image reaches from KERNEL_MAP on, in whole memory sections: these frames are valid, too. */
export const IMAGE_END = 0x0800_0000;

/** sizeof(struct page). */
export const PAGE_STRUCT = 64;

export const physToVirt = (physical: number): Address => DIRECT_MAP + physical;
export const frameToVirt = (frame: number): Address => DIRECT_MAP + frame * PAGE_SIZE;
export const frameToPage = (frame: number): Address => VMEMMAP + frame * PAGE_STRUCT;

/** Physical address as `__pa` computes it, for any address; meaningless outside the two linear maps. */
export const virtToPhys = (address: Address): number =>
  address < 0 && address >= KERNEL_MAP ? address - KERNEL_MAP + IMAGE_PHYS : address - DIRECT_MAP;

export const isVmalloc = (address: Address): boolean => address >= VMALLOC_START && address < VMALLOC_END;

/** Smallest order whose block holds `size` bytes (get_order). */
export const orderOf = (size: number): number => {
  let order = 0;
  for (let pages = Math.ceil(size / PAGE_SIZE); pages > 1 && order < 64; pages /= 2) order += 1;
  return order;
};
