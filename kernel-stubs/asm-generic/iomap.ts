/** include/asm-generic/iomap.h, as lib/iomap.c does it: an address is a port cookie or mapped memory. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

/** Below are port numbers plus 0x10000 (PIO_RESERVED); no device answers at ports here. */
const PORTS_END = 0x40000;
const isPort = (address: Address): boolean => address >= 0 && address < PORTS_END;
const NO_PORTS = { partial: "Ports read all ones." } as const;

const swap16 = (value: number): number => ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
const swap32 = (value: number): number => ((swap16(value & 0xffff) << 16) | swap16(value >>> 16)) >>> 0;

type Read = "unsigned int ioread8(const void *addr)";
const reader = (name: string, none: number, read: (k: Kernel, address: Address) => number) =>
  stub(`unsigned int ${name}(const void *addr)` as Read, { level: NO_PORTS }, (k, { addr }) =>
    isPort(addr) ? none : read(k, addr),
  );

export const ioreads = [
  reader("ioread8", 0xff, (k, addr) => k.memory.u8(addr)),
  reader("ioread16", 0xffff, (k, addr) => k.memory.u16(addr)),
  reader("ioread16be", 0xffff, (k, addr) => swap16(k.memory.u16(addr))),
  reader("ioread32", 0xffffffff, (k, addr) => k.memory.u32(addr)),
  reader("ioread32be", 0xffffffff, (k, addr) => swap32(k.memory.u32(addr))),
];

type Write = "void iowrite32(u32 val, void *addr)";
const writer = (
  name: string,
  type: "u8" | "u16" | "u32",
  write: (k: Kernel, address: Address, value: number) => void,
) =>
  stub(`void ${name}(${type} val, void *addr)` as Write, { level: NO_PORTS }, (k, { val, addr }) => {
    if (!isPort(addr)) write(k, addr, val);
  });

export const iowrites = [
  writer("iowrite8", "u8", (k, addr, value) => k.memory.setU8(addr, value)),
  writer("iowrite16", "u16", (k, addr, value) => k.memory.setU16(addr, value)),
  writer("iowrite16be", "u16", (k, addr, value) => k.memory.setU16(addr, swap16(value))),
  writer("iowrite32", "u32", (k, addr, value) => k.memory.setU32(addr, value)),
  writer("iowrite32be", "u32", (k, addr, value) => k.memory.setU32(addr, swap32(value))),
];
