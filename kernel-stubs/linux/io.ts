/** include/linux/io.h, as lib/iomap_copy.c and kernel/iomem.c do it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

export const memremap = stub(
  "void *memremap(resource_size_t offset, size_t size, unsigned long flags)",
  { fails: ["NULL"], sleeps: true, acquires: { memremap: "return" } },
  (k, { offset, size }) => k.io.remap(Number(offset), size),
);

export const memunmap = stub(
  "void memunmap(void *addr)",
  { sleeps: true, releases: { memremap: "addr" } },
  (k, { addr }) => k.io.unmap(addr),
);

const inWords = (k: Kernel, to: Address, from: Address, count: number, size: 4 | 8): void => {
  for (let index = 0; index < count; index += 1)
    k.io.write(to + index * size, size, k.io.read(from + index * size, size));
};

export const ioread32Copy = stub(
  "void __ioread32_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => inWords(k, to, from, count, 4),
);
export const iowrite32Copy = stub(
  "void __iowrite32_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => inWords(k, to, from, count, 4),
);
export const iowrite64Copy = stub(
  "void __iowrite64_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => inWords(k, to, from, count, 8),
);
