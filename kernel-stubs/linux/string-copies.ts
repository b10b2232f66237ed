/** Copies in allocated memory: include/linux/string.h, as mm/util.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import { stub } from "../../src/stub/declare.ts";

const COPIES = {
  fails: ["NULL"],
  sleeps: ({ gfp }: { readonly gfp: number }): boolean => maySleep(gfp),
  acquires: { slab: "return" },
} as const;

/** `length` bytes of `from` and, where `terminated`, a NUL; 0 when memory is used up. */
const copy = (
  k: Kernel,
  from: Address,
  length: number,
  gfp: number,
  end: "exact" | "terminated",
): Address => {
  const size = length + (end === "terminated" ? 1 : 0);
  const address = k.heap.kmalloc(size, gfp);
  if (address === 0 || size === 0) return address;
  k.memory.write(address, k.memory.bytes(from, length));
  if (end === "terminated") k.memory.setU8(address + length, 0);
  return address;
};

export const kstrdup = stub("char *kstrdup(const char *s, gfp_t gfp)", COPIES, (k, { s, gfp }) =>
  s === 0 ? 0 : copy(k, s, k.memory.cstring(s).length, gfp, "terminated"),
);

/** Text in the kernel's own rodata is shared; kobox's guests have none at hand but what stubs placed. */
export const kstrdupConst = stub(
  "const char *kstrdup_const(const char *s, gfp_t gfp)",
  COPIES,
  (k, { s, gfp }) => {
    if (s === 0 || k.image.contains(s)) return s;
    return copy(k, s, k.memory.cstring(s).length, gfp, "terminated");
  },
);

export const kfreeConst = stub("void kfree_const(const void *x)", { releases: { slab: "x" } }, (k, { x }) => {
  if (!k.image.contains(x)) k.heap.kfree(x);
});

export const kstrndup = stub(
  "char *kstrndup(const char *s, size_t max, gfp_t gfp)",
  COPIES,
  (k, { s, max, gfp }) => (s === 0 ? 0 : copy(k, s, k.memory.cstring(s, max).length, gfp, "terminated")),
);

export const kmemdup = stub(
  "void *kmemdup(const void *p, size_t size, gfp_t gfp)",
  COPIES,
  (k, { p, size, gfp }) => copy(k, p, size, gfp, "exact"),
);

export const kmemdupNul = stub(
  "char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)",
  COPIES,
  (k, { s, len, gfp }) => (s === 0 ? 0 : copy(k, s, len, gfp, "terminated")),
);
