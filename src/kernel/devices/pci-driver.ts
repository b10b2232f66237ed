/** Drivers of PCI devices: by their tables of identities (drivers/pci/pci-driver.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceMessage } from "./message.ts";
import type { PciFunction } from "./pci-host.ts";

const ANY = 0xffff_ffff;
const MAX_IDS = 4096;

/** Who a function is. */
export interface PciIdentity {
  readonly vendor: number;
  readonly device: number;
  readonly subvendor: number;
  readonly subdevice: number;
  readonly class: number;
}

export const identityOf = (k: Kernel, pdev: Address): PciIdentity => {
  const view = k.struct("pci_dev", pdev);
  const { vendor, device, subsystem_vendor: subvendor, subsystem_device: subdevice } = view;
  return { vendor, device, subvendor, subdevice, class: view.class };
};

const identityOfFunction = (k: Kernel, { bus, devfn }: PciFunction): PciIdentity => {
  const read = (at: number): number => k.driverCore.pci.read(bus, devfn, at, 2);
  return {
    vendor: read(0),
    device: read(2),
    subvendor: read(0x2c),
    subdevice: read(0x2e),
    class: k.driverCore.pci.read(bus, devfn, 8, 4) >>> 8,
  };
};

/** pci_match_one_id() */
export const matchesId = (wanted: PciIdentity & { readonly mask: number }, fn: PciIdentity): boolean =>
  (wanted.vendor === ANY || wanted.vendor === fn.vendor) &&
  (wanted.device === ANY || wanted.device === fn.device) &&
  (wanted.subvendor === ANY || wanted.subvendor === fn.subvendor) &&
  (wanted.subdevice === ANY || wanted.subdevice === fn.subdevice) &&
  ((wanted.class ^ fn.class) & wanted.mask) === 0;

/** The entry of a table of struct pci_device_id that is meant; 0 for none (pci_match_id). */
export const findId = (k: Kernel, table: Address, fn: PciIdentity): Address => {
  if (table === 0) return 0;
  for (let index = 0; index < MAX_IDS; index += 1) {
    const at = table + index * k.sizeOf("pci_device_id");
    const id = k.struct("pci_device_id", at);
    const { vendor, device, subvendor, subdevice, class_mask: mask } = id;
    if (vendor === 0 && subvendor === 0 && mask === 0) return 0;
    if (matchesId({ vendor, device, subvendor, subdevice, class: id.class, mask }, fn)) return at;
  }
  return 0;
};

const pdevOf = (k: Kernel, device: Address): Address => device - k.offsetOf("pci_dev", "dev");
const pdrvOf = (k: Kernel, driver: Address): Address => driver - k.offsetOf("pci_driver", "driver");

/** Nobody plays the disk controller behind its registers. */
const CLASS_IDE = 0x0101;
const isPlayed = (fn: PciIdentity): boolean => fn.class >> 8 !== CLASS_IDE;

/** One of the machine's functions is for that table. */
export const isWanted = (k: Kernel, table: Address): boolean =>
  [...k.driverCore.pci.all()]
    .map((fn) => identityOfFunction(k, fn))
    .some((fn) => isPlayed(fn) && findId(k, table, fn) !== 0);

const idFor = (k: Kernel, device: Address, driver: Address): Address =>
  findId(k, k.struct("pci_driver", pdrvOf(k, driver)).id_table, identityOf(k, pdevOf(k, device)));

/** pci_bus_match() */
export const matchesPci = (k: Kernel, device: Address, driver: Address): boolean =>
  isPlayed(identityOf(k, pdevOf(k, device))) && idFor(k, device, driver) !== 0;

/** pci_device_probe() */
export function* probePci(k: Kernel, device: Address, driver: Address): Routine<number> {
  const pdrv = pdrvOf(k, driver);
  const pdev = pdevOf(k, device);
  const { probe } = k.struct("pci_driver", pdrv);
  if (probe === 0) return 0;
  k.struct("pci_dev", pdev).driver = pdrv as never;
  const result = asInt(yield* k.call(probe, pdev, idFor(k, device, driver)));
  if (result > 0) deviceMessage(k, 4, device, `Driver probe function unexpectedly returned ${result}`);
  if (result < 0) k.struct("pci_dev", pdev).driver = 0 as never;
  return Math.min(result, 0);
}

/** pci_device_remove() */
export function* removePci(k: Kernel, device: Address, driver: Address): Routine<void> {
  const { remove } = k.struct("pci_driver", pdrvOf(k, driver));
  if (remove !== 0) yield* k.call(remove, pdevOf(k, device));
  k.struct("pci_dev", pdevOf(k, device)).driver = 0 as never;
}
