/** arch/x86/include/asm/pgtable.h. */
import { PAGE_SIZE } from "../../src/base/address.ts";
import { variable } from "../../src/stub/declare.ts";

/** What ZERO_PAGE() names by its `struct page`, and whoever maps that reads through the direct map. */
export const emptyZeroPage = variable("unsigned long empty_zero_page[512]", (k, { address }) => {
  k.memory.fill(address, 0, PAGE_SIZE);
  k.pages.exposeImage(address);
});
