/** arch/x86/include/asm/io.h, as arch/x86/mm/ioremap.c does it. */
import type { Address } from "../../src/base/address.ts";
import { type AccessSize, allOnes } from "../../src/kernel/devices/model.ts";
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

/** Longest copy done in one piece. */
const PIECE = 65536;

/**
 * Bytes between memory and registers, in the accesses of arch/x86/lib/iomem.c: up to alignment of
 * `device`, then words of four.
 */
const pieces = function* (
  device: Address,
  length: number,
): Generator<readonly [at: number, size: AccessSize]> {
  for (let done = 0; done < length;) {
    const left = length - done;
    const at = device + done;
    const size = left >= 4 && at % 4 === 0 ? 4 : left >= 2 && at % 2 === 0 ? 2 : 1;
    yield [done, size];
    done += size;
  }
};

const copy = (k: Kernel, to: Address, from: Address, length: number): void => {
  if (k.io.isDevice(from) || k.io.isDevice(to)) {
    for (const [at, size] of pieces(k.io.isDevice(from) ? from : to, length))
      k.io.write(to + at, size, k.io.read(from + at, size));
    return;
  }
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
  const byte = b & 0xff;
  if (k.io.isDevice(a)) {
    for (const [at, size] of pieces(a, c)) k.io.write(a + at, size, BigInt(byte) * (allOnes(size) / 0xffn));
    return;
  }
  for (let done = 0; done < c; done += PIECE) k.memory.fill(a + done, byte, Math.min(PIECE, c - done));
});

/** A write to port 80, which nobody listens to. */
export const nativeIoDelay = stub("void native_io_delay(void)", (k) => k.ports.write(0x80, 1, 0));
