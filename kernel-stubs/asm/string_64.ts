/** arch/x86/include/asm/string_64.h, as arch/x86/lib/usercopy_64.c does it. */
import { copyForward } from "../../src/kernel/data/guest-bytes.ts";
import { stub } from "../../src/stub/declare.ts";

/** Non-temporal stores matter to persistent memory only. */
export const memcpyFlushcache = stub(
  "void __memcpy_flushcache(void *_dst, const void *_src, size_t size)",
  (k, { _dst, _src, size }) => copyForward(k.memory, _dst, _src, size),
);
