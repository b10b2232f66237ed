/** arch/x86/include/asm/io.h and include/linux/io.h, as arch/x86/mm/ioremap.c and kernel/iomem.c do it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const MAPS = { fails: ["NULL"], sleeps: true, acquires: { ioremap: "return" } } as const;
const MAPPERS = [
  "void *ioremap(resource_size_t phys_addr, unsigned long size)",
  "void *ioremap_wc(resource_size_t phys_addr, unsigned long size)",
  "void *ioremap_uc(resource_size_t phys_addr, unsigned long size)",
  "void *ioremap_wt(resource_size_t phys_addr, unsigned long size)",
  "void *ioremap_cache(resource_size_t phys_addr, unsigned long size)",
] as const;

/** Caching makes no difference here. */
export const ioremaps = MAPPERS.map((prototype) =>
  stub(prototype, MAPS, (k, { phys_addr, size }) => k.io.map(Number(phys_addr), Number(size))),
);

export const ioremapProt = stub(
  "void *ioremap_prot(resource_size_t phys_addr, unsigned long size, unsigned long prot_val)",
  MAPS,
  (k, { phys_addr, size }) => k.io.map(Number(phys_addr), Number(size)),
);

export const iounmap = stub(
  "void iounmap(volatile void *addr)",
  { sleeps: true, releases: { ioremap: "addr" } },
  (k, { addr }) => k.io.unmap(addr),
);

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

/** Longest copy done in one piece. */
const PIECE = 65536;

const copy = (k: Kernel, to: Address, from: Address, length: number): void => {
  for (let done = 0; done < length; done += PIECE) {
    k.memory.write(to + done, k.memory.bytes(from + done, Math.min(PIECE, length - done)));
  }
};

export const memcpyFromio = stub(
  "void memcpy_fromio(void *to, const volatile void *from, size_t n)",
  (k, { to, from, n }) => copy(k, to, from, n),
);
export const memcpyToio = stub(
  "void memcpy_toio(volatile void *to, const void *from, size_t n)",
  (k, { to, from, n }) => copy(k, to, from, n),
);
export const memsetIo = stub("void memset_io(volatile void *a, int b, size_t c)", (k, { a, b, c }) => {
  for (let done = 0; done < c; done += PIECE) k.memory.fill(a + done, b & 0xff, Math.min(PIECE, c - done));
});
export const ioread32Copy = stub(
  "void __ioread32_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => copy(k, to, from, count * 4),
);
export const iowrite32Copy = stub(
  "void __iowrite32_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => copy(k, to, from, count * 4),
);
export const iowrite64Copy = stub(
  "void __iowrite64_copy(void *to, const void *from, size_t count)",
  (k, { to, from, count }) => copy(k, to, from, count * 8),
);
