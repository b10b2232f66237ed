/** Copies in allocated memory: include/linux/string.h, as mm/util.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL, maySleep } from "../../src/kernel/memory/gfp.ts";
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

/** How many pointers stand before the NULL. */
const pointers = (k: Kernel, list: Address): number => {
  let count = 0;
  while (k.memory.u64(list + count * 8) !== 0n) count += 1;
  return count;
};

/** lib/memcat_p.c: two lists that end in NULL, one behind the other in memory of their own. */
export const memcatP = stub(
  "void **__memcat_p(void **a, void **b)",
  { fails: ["NULL"], sleeps: true, acquires: { slab: "return" } },
  (k, { a, b }) => {
    const [first, second] = [pointers(k, a) * 8, pointers(k, b) * 8];
    const made = k.heap.kmalloc(first + second + 8, GFP_KERNEL);
    if (made === 0) return 0;
    k.memory.write(made, k.memory.bytes(a, first));
    k.memory.write(made + first, k.memory.bytes(b, second + 8));
    return made;
  },
);
