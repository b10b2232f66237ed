/** include/linux/pci.h: configuration space, as drivers/pci/access.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { AccessSize } from "../../src/kernel/devices/model.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

/** Errors of these functions are positive numbers. */
const BAD_REGISTER_NUMBER = 0x87;
const SIZES = [
  { name: "byte", type: "u8", size: 1 },
  { name: "word", type: "u16", size: 2 },
  { name: "dword", type: "u32", size: 4 },
] as const;

interface Place {
  readonly bus: number;
  readonly devfn: number;
  readonly where: number;
  readonly size: AccessSize;
}

const store = (k: Kernel, at: Address, size: AccessSize, value: number): void => {
  if (size === 1) k.memory.setU8(at, value);
  else if (size === 2) k.memory.setU16(at, value);
  else k.memory.setU32(at, value);
};

const read = (k: Kernel, { bus, devfn, where, size }: Place, val: Address): number => {
  if (where % size !== 0) return BAD_REGISTER_NUMBER;
  store(k, val, size, k.driverCore.pci.read(bus, devfn, where, size));
  return 0;
};
const write = (k: Kernel, { bus, devfn, where, size }: Place, val: number): number => {
  if (where % size !== 0) return BAD_REGISTER_NUMBER;
  k.driverCore.pci.write(bus, devfn, where, size, val);
  return 0;
};

const ofDevice = (k: Kernel, dev: Address, where: number, size: AccessSize): Place => ({
  bus: 0,
  devfn: k.struct("pci_dev", dev).devfn,
  where,
  size,
});

export const pciConfigAccess: readonly Stub[] = SIZES.flatMap(({ name, type, size }) => [
  stub(
    `int pci_read_config_${name}(const struct pci_dev *dev, int where, ${type} *val)` as "int f(const struct pci_dev *dev, int where, u32 *val)",
    (k, { dev, where, val }) => read(k, ofDevice(k, dev, where, size), val),
  ),
  stub(
    `int pci_write_config_${name}(const struct pci_dev *dev, int where, ${type} val)` as "int f(const struct pci_dev *dev, int where, u32 val)",
    (k, { dev, where, val }) => write(k, ofDevice(k, dev, where, size), val),
  ),
  stub(
    `int pci_bus_read_config_${name}(struct pci_bus *bus, unsigned int devfn, int where, ${type} *val)` as "int f(struct pci_bus *bus, unsigned int devfn, int where, u32 *val)",
    (k, { bus, devfn, where, val }) =>
      read(k, { bus: k.struct("pci_bus", bus).number, devfn, where, size }, val),
  ),
  stub(
    `int pci_bus_write_config_${name}(struct pci_bus *bus, unsigned int devfn, int where, ${type} val)` as "int f(struct pci_bus *bus, unsigned int devfn, int where, u32 val)",
    (k, { bus, devfn, where, val }) =>
      write(k, { bus: k.struct("pci_bus", bus).number, devfn, where, size }, val),
  ),
]);
