/** include/asm-generic/iomap.h, as lib/iomap.c does it: an address is a port cookie or mapped memory. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** A cookie is a port number plus PIO_OFFSET. */
const PIO_OFFSET = 0x10000;
const PIO_MASK = 0xffff;
const PIO_RESERVED = 0x40000;
const isPort = (address: Address): boolean => address >= PIO_OFFSET && address < PIO_RESERVED;

const swapped = (value: number, size: 1 | 2 | 4): number => {
  let result = 0;
  for (let index = 0; index < size; index += 1)
    result = result * 256 + (Math.floor(value / 256 ** index) & 0xff);
  return result;
};
const readAt = (k: Kernel, address: Address, size: 1 | 2 | 4): number =>
  isPort(address) ? k.ports.read(address & PIO_MASK, size) : Number(k.io.read(address, size));
const writeAt = (k: Kernel, address: Address, size: 1 | 2 | 4, value: number): void => {
  if (isPort(address)) k.ports.write(address & PIO_MASK, size, value);
  else k.io.write(address, size, BigInt(value >>> 0));
};

const WIDTHS = [
  ["8", 1, "little", "u8"],
  ["16", 2, "little", "u16"],
  ["16be", 2, "big", "u16"],
  ["32", 4, "little", "u32"],
  ["32be", 4, "big", "u32"],
] as const;
const ordered = (value: number, size: 1 | 2 | 4, order: "little" | "big"): number =>
  order === "big" ? swapped(value, size) : value;

type Read = "unsigned int ioread8(const void *addr)";
type Write = "void iowrite32(u32 val, void *addr)";
export const singleAccesses: readonly Stub[] = WIDTHS.flatMap(([name, size, order, type]) => [
  stub(`unsigned int ioread${name}(const void *addr)` as Read, (k, { addr }) =>
    ordered(readAt(k, addr, size), size, order),
  ),
  stub(`void iowrite${name}(${type} val, void *addr)` as Write, (k, { val, addr }) =>
    writeAt(k, addr, size, ordered(val, size, order)),
  ),
]);

const MAX_COUNT = 2 ** 24;
type ReadMany = "void ioread8_rep(const void *addr, void *dst, unsigned long count)";
type WriteMany = "void iowrite8_rep(void *addr, const void *src, unsigned long count)";
/** The register stays, memory goes on. */
export const repeatedAccesses: readonly Stub[] = ([1, 2, 4] as const).flatMap((size) => [
  stub(
    `void ioread${size * 8}_rep(const void *addr, void *dst, unsigned long count)` as ReadMany,
    (k, { addr, dst, count }) => {
      for (let index = 0; index < Math.min(Number(count), MAX_COUNT); index += 1)
        writeAt(k, dst + index * size, size, readAt(k, addr, size));
    },
  ),
  stub(
    `void iowrite${size * 8}_rep(void *addr, const void *src, unsigned long count)` as WriteMany,
    (k, { addr, src, count }) => {
      for (let index = 0; index < Math.min(Number(count), MAX_COUNT); index += 1)
        writeAt(k, addr, size, readAt(k, src + index * size, size));
    },
  ),
]);

export const ioportMap = stub(
  "void *ioport_map(unsigned long port, unsigned int nr)",
  { fails: ["NULL"] },
  (_k, { port }) => (port > BigInt(PIO_MASK) ? 0 : Number(port) + PIO_OFFSET),
);
export const ioportUnmap = stub("void ioport_unmap(void *addr)", () => {});
