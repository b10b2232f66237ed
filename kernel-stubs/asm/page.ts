/** arch/x86/include/asm/page.h, as arch/x86/mm/physaddr.c does it. */
import { toAddress } from "../../src/base/address.ts";
import { DIRECT_MAP, IMAGE_END, KERNEL_MAP } from "../../src/kernel/memory/layout.ts";
import { stub } from "../../src/stub/declare.ts";

/** phys_addr_valid: x86_phys_bits of the emulated CPU. */
const PHYSICAL_END = 2 ** 46;

export const virtAddrValid = stub("bool __virt_addr_valid(unsigned long x)", (k, { x }) => {
  const address = toAddress(x);
  if (address >= KERNEL_MAP && address < 0) return address - KERNEL_MAP < IMAGE_END;
  const physical = address - DIRECT_MAP;
  if (physical < 0 || physical >= PHYSICAL_END || address >= 0) return false;
  return k.pages.isValidFrame(Math.floor(physical / 4096));
});
