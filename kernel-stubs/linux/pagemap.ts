/** include/linux/pagemap.h, as mm/filemap.c does it. */
import { stub } from "../../src/stub/declare.ts";

const PG_LOCKED = 0;

export const unlockPage = stub("void unlock_page(struct page *page)", (k, { page }) => {
  k.memory.setU32(page, (k.memory.u32(page) & ~(1 << PG_LOCKED)) >>> 0);
});
