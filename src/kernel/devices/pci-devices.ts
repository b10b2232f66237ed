/** struct pci_dev of the functions on the bus: made when a module first looks for one (drivers/pci/probe.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { staticText } from "../data/text.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { addCreated, addDevice, initialiseDevice, newDevice } from "./device.ts";
import { deviceKobject } from "./device-members.ts";
import { kernelBus } from "./kernel-buses.ts";
import type { PciFunction } from "./pci-host.ts";
import { IORESOURCE } from "./resources.ts";

const ROOT = "pci0000:00";
/** Where the struct pci_bus is noted. */
const BUS = "pci_root_buses";
const CONFIG_BYTES = 256;
const INTERRUPT_LINE = 0x3c;
const SUBSYSTEM = 0x2c;

export const pciDeviceOf = (k: Kernel, pdev: Address): Address => pdev + k.offsetOf("pci_dev", "dev");
const pdevOf = (k: Kernel, device: Address): Address => device - k.offsetOf("pci_dev", "dev");

const hex = (value: number, digits: number): ByteString => value.toString(16).padStart(digits, "0");
const nameOf = ({ bus, devfn }: PciFunction): ByteString =>
  `0000:${hex(bus, 2)}:${hex(devfn >> 3, 2)}.${devfn & 7}`;

/** What a channel of IDE has in compatibility mode, whatever its registers say (pci_setup_device). */
const LEGACY_IDE: readonly (readonly [start: number, end: number])[] = [
  [0x1f0, 0x1f7],
  [0x3f6, 0x3f6],
  [0x170, 0x177],
  [0x376, 0x376],
];
const CLASS_IDE = 0x0101;
const IDE_BUS_MASTER = { bar: 4, size: 16 } as const;

const setResource = (k: Kernel, pdev: Address, index: number, start: number, end: number): void => {
  const at = pdev + k.offsetOf("pci_dev", "resource") + index * k.sizeOf("resource");
  const view = k.struct("resource", at);
  view.name = staticText(k, k.driverCore.kobjects.name(deviceKobject(k, pciDeviceOf(k, pdev))));
  view.start = BigInt(start);
  view.end = BigInt(end);
  view.flags = IORESOURCE.IO;
};

const fillResources = (k: Kernel, pdev: Address, fn: PciFunction): void => {
  const word = (at: number): number => k.driverCore.pci.read(fn.bus, fn.devfn, at, 4);
  if (k.struct("pci_dev", pdev).class >> 8 === CLASS_IDE)
    for (const [index, [start, end]] of LEGACY_IDE.entries()) setResource(k, pdev, index, start, end);
  for (let bar = 0; bar < 6; bar += 1) {
    const value = word(0x10 + bar * 4);
    const size = fn.bars[bar] ?? (bar === IDE_BUS_MASTER.bar ? IDE_BUS_MASTER.size : 0);
    if ((value & 1) === 0 || size === 0) continue;
    setResource(k, pdev, bar, value & ~3, (value & ~3) + size - 1);
  }
};

const fill = (k: Kernel, pdev: Address, fn: PciFunction): void => {
  const read = (at: number, size: 1 | 2 | 4): number => k.driverCore.pci.read(fn.bus, fn.devfn, at, size);
  const view = k.struct("pci_dev", pdev);
  view.devfn = fn.devfn;
  view.vendor = read(0, 2);
  view.device = read(2, 2);
  view.subsystem_vendor = read(SUBSYSTEM, 2);
  view.subsystem_device = read(SUBSYSTEM + 2, 2);
  view.class = read(8, 4) >>> 8;
  view.revision = read(8, 1);
  view.hdr_type = read(0x0e, 1) & 0x7f;
  // Whoever is not the first of a slot is one of several.
  view.multifunction = (fn.devfn & 7) === 0 ? read(0x0e, 1) >> 7 : 1;
  view.pin = read(INTERRUPT_LINE + 1, 1);
  view.irq = read(INTERRUPT_LINE, 1);
  view.cfg_size = CONFIG_BYTES;
  view.dma_mask = 0xffff_ffffn;
  view.match_driver = true;
};

function* addFunction(k: Kernel, fn: PciFunction, root: Address, bus: Address): Routine<void> {
  const pdev = k.statics.allocate(k.sizeOf("pci_dev"));
  const device = pciDeviceOf(k, pdev);
  initialiseDevice(k, device);
  fill(k, pdev, fn);
  const view = k.struct("device", device);
  view.bus = yield* kernelBus(k, "pci_bus_type");
  view.parent = root as never;
  view.dma_mask = (pdev + k.offsetOf("pci_dev", "dma_mask")) as never;
  view.coherent_dma_mask = 0xffff_ffffn;
  k.struct("pci_dev", pdev).bus = bus as never;
  k.driverCore.kobjects.setName(deviceKobject(k, device), nameOf(fn));
  fillResources(k, pdev, fn);
  yield* addDevice(k, device);
}

/** The root bus, with its devices. */
export function* pciBus(k: Kernel): Routine<Address> {
  const { chains, pci } = k.driverCore;
  const known = chains.get(BUS);
  if (known !== undefined) return known;
  const bus = k.statics.allocate(k.sizeOf("pci_bus"));
  chains.set(BUS, bus);
  for (const list of ["node", "children", "devices", "slots", "resources"])
    initList(k.memory, bus + k.offsetOf("pci_bus", list));
  yield* kernelBus(k, "pci_bus_type");
  const root = newDevice(k, k.sizeOf("device"));
  yield* addCreated(k, root, ROOT);
  k.struct("pci_bus", bus).bridge = root as never;
  for (const fn of pci.all()) if (fn.bus === 0) yield* addFunction(k, fn, root, bus);
  return bus;
}

/** All of them, in the order of the bus. */
export function* pciDevices(k: Kernel): Routine<Address[]> {
  yield* pciBus(k);
  const bus = k.driverCore.kernelBuses.get("pci_bus_type") ?? 0;
  return [...k.driverCore.devices.keys()]
    .filter((device) => k.struct("device", device).bus === bus)
    .map((device) => pdevOf(k, device));
}
