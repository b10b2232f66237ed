/** arch/x86/include/asm/page_64.h: whole pages (clear_page_64.S, copy_page_64.S). */
import { PAGE_SIZE } from "../../src/base/address.ts";
import { copyForward } from "../../src/kernel/data/guest-bytes.ts";
import { stub } from "../../src/stub/declare.ts";

export const clearPage = stub(
  "void clear_page_erms(void *page)",
  { aliases: ["clear_page_rep", "clear_page_orig"] },
  (k, { page }) => k.memory.fill(page, 0, PAGE_SIZE),
);

export const copyPage = stub("void copy_page(void *to, void *from)", (k, { to, from }) =>
  copyForward(k.memory, to, from, PAGE_SIZE),
);

/** Non-temporal stores matter to persistent memory only. */
export const memcpyFlushcache = stub(
  "void __memcpy_flushcache(void *_dst, const void *_src, size_t size)",
  (k, { _dst, _src, size }) => copyForward(k.memory, _dst, _src, size),
);
