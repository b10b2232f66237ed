/** include/linux/pci.h: who is on the bus, as drivers/pci/search.c does it. */
import type { Address } from "../../src/base/address.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { pciBus, pciDeviceOf, pciDevices } from "../../src/kernel/devices/pci-devices.ts";
import { type PciIdentity, findId, identityOf, matchesId } from "../../src/kernel/devices/pci-driver.ts";
/** include/linux/pci.h: looking for devices (drivers/pci/search.c). */
import type { Address } from "../../src/base/address.ts";
import { isErrOrNull } from "../../src/base/err.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const ANY = 0xffff_ffff;
const ANYONE = { vendor: ANY, device: ANY, subvendor: ANY, subdevice: ANY, class: 0, mask: 0 };

const put = (k: Kernel, pdev: Address): Routine<void> =>
  k.driverCore.kobjects.put(pdev === 0 ? 0 : deviceKobject(k, pciDeviceOf(k, pdev)));
const get = (k: Kernel, pdev: Address): Address => {
  if (pdev !== 0) k.driverCore.kobjects.get(deviceKobject(k, pciDeviceOf(k, pdev)));
  return pdev;
};

/** The first behind `from` that passes; `from` loses its reference, what is found gets one. */
function* next(k: Kernel, from: Address, passes: (pdev: Address) => boolean): Routine<Address> {
  const all = yield* pciDevices(k);
  const found = all.slice(from === 0 ? 0 : all.indexOf(from) + 1).find((pdev) => passes(pdev)) ?? 0;
  get(k, found);
  yield* put(k, from);
  return found;
}

const deviceAt = (k: Kernel, pdev: Address): Address | undefined =>
  pdev === 0 ? undefined : pciDeviceOf(k, pdev);
/** NULL is the end of a walk: those that go on from a device have no failures. */
const SEARCH = {
  sleeps: true,
  acquires: { device_reference: (k: Kernel, _args: unknown, pdev: number) => deviceAt(k, pdev) },
} as const;
const FROM = {
  releases: { device_reference: (k: Kernel, { from }: { readonly from: Address }) => deviceAt(k, from) },
} as const;

const idPasses =
  (k: Kernel, wanted: PciIdentity & { readonly mask: number }) =>
  (pdev: Address): boolean =>
    matchesId(wanted, identityOf(k, pdev));

export const pciGetDevice = stub(
  "struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)",
  { ...SEARCH, ...FROM },
  function* (k, { vendor, device, from }) {
    return (yield* next(k, from, idPasses(k, { ...ANYONE, vendor, device }))) as never;
const level = { partial: "what is on the machine's bus is not given out as a struct pci_dev: NULL" } as const;

const deviceOf = (k: Kernel, dev: Address): Address => dev + k.offsetOf("pci_dev", "dev");

/** The reference that the search began with is given back. */
function* put(k: Kernel, dev: Address): Routine<void> {
  if (!isErrOrNull(dev)) yield* k.driverCore.kobjects.put(deviceKobject(k, deviceOf(k, dev)));
}
const found = (k: Kernel, { from }: { readonly from: Address }): Address | undefined =>
  from === 0 ? undefined : deviceOf(k, from);
const LOOKS = { fails: ["NULL"], sleeps: true, releases: { device_reference: found }, level } as const;

export const pciGetDevice = stub(
  "struct pci_dev *pci_get_device(unsigned int vendor, unsigned int device, struct pci_dev *from)",
  LOOKS,
  function* (k, { from }) {
    yield* put(k, from);
    return 0;
  },
);
export const pciGetSubsys = stub(
  `struct pci_dev *pci_get_subsys(unsigned int vendor, unsigned int device, unsigned int ss_vendor,
      unsigned int ss_device, struct pci_dev *from)`,
  { ...SEARCH, ...FROM },
  function* (k, { vendor, device, ss_vendor: subvendor, ss_device: subdevice, from }) {
    return (yield* next(k, from, idPasses(k, { ...ANYONE, vendor, device, subvendor, subdevice }))) as never;
  LOOKS,
  function* (k, { from }) {
    yield* put(k, from);
    return 0;
  },
);
export const pciGetClass = stub(
  "struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from)",
  { ...SEARCH, ...FROM },
  function* (k, args) {
    return (yield* next(k, args.from, idPasses(k, { ...ANYONE, class: args.class, mask: ANY }))) as never;
  LOOKS,
  function* (k, { from }) {
    yield* put(k, from);
    return 0;
  },
);
export const pciGetDomainBusAndSlot = stub(
  "struct pci_dev *pci_get_domain_bus_and_slot(int domain, unsigned int bus, unsigned int devfn)",
  SEARCH,
  function* (k, { domain, bus, devfn }) {
    if (domain !== 0 || bus !== 0) return 0 as never;
    return (yield* next(k, 0, (pdev) => k.struct("pci_dev", pdev).devfn === devfn)) as never;
  },
);
export const pciGetSlot = stub(
  "struct pci_dev *pci_get_slot(struct pci_bus *bus, unsigned int devfn)",
  SEARCH,
  function* (k, { bus, devfn }) {
    const passes = (pdev: Address): boolean => {
      const view = k.struct("pci_dev", pdev);
      return view.bus === bus && view.devfn === devfn;
    };
    return (yield* next(k, 0, passes)) as never;
  },
);
export const pciDevGet = stub(
  "struct pci_dev *pci_dev_get(struct pci_dev *dev)",
  { acquires: { device_reference: (k, _args, pdev) => deviceAt(k, pdev) } },
  (k, { dev }) => get(k, dev) as never,
);
export const pciDevPut = stub(
  "void pci_dev_put(struct pci_dev *dev)",
  { releases: { device_reference: (k, { dev }) => deviceAt(k, dev) } },
  { fails: ["NULL"], sleeps: true, level },
  () => 0,
);

export const pciDevPut = stub(
  "void pci_dev_put(struct pci_dev *dev)",
  { releases: { device_reference: (k, { dev }) => (dev === 0 ? undefined : deviceOf(k, dev)) } },
  function* (k, { dev }) {
    yield* put(k, dev);
  },
);
export const pciDevPresent = stub(
  "int pci_dev_present(const struct pci_device_id *ids)",
  { sleeps: true },
  function* (k, { ids }) {
    const all = yield* pciDevices(k);
    return all.some((pdev) => findId(k, ids, identityOf(k, pdev)) !== 0) ? 1 : 0;
  },
);
export const pciMatchId = stub(
  "const struct pci_device_id *pci_match_id(const struct pci_device_id *ids, struct pci_dev *dev)",
  { fails: ["NULL"] },
  (k, { ids, dev }) => findId(k, ids, identityOf(k, dev)) as never,
);
export const pciFindBus = stub(
  "struct pci_bus *pci_find_bus(int domain, int busnr)",
  { fails: ["NULL"], sleeps: true },
  function* (k, { domain, busnr }) {
    return (domain === 0 && busnr === 0 ? yield* pciBus(k) : 0) as never;
  },
);
export const pciFindNextBus = stub(
  "struct pci_bus *pci_find_next_bus(const struct pci_bus *from)",
  { fails: ["NULL"], sleeps: true },
  function* (k, { from }) {
    return (from === 0 ? yield* pciBus(k) : 0) as never;

/** struct pci_device_id */
const ANY = 0xffff_ffff;
const MAX_IDS = 4096;

/** By the identifiers in configuration space. */
const isOnBus = (k: Kernel, id: Address): boolean => {
  const wanted = k.struct("pci_device_id", id);
  const fits = (value: number, own: number): boolean => value >>> 0 === ANY || value >>> 0 === own;
  for (const { bus, devfn } of k.driverCore.pci.all()) {
    const word = (offset: number): number => k.driverCore.pci.read(bus, devfn, offset, 2);
    const own = Math.floor(k.driverCore.pci.read(bus, devfn, 8, 4) / 256);
    if (!fits(wanted.vendor, word(0)) || !fits(wanted.device, word(2))) continue;
    if (!fits(wanted.subvendor, word(0x2c)) || !fits(wanted.subdevice, word(0x2e))) continue;
    if (((wanted.class ^ own) & wanted.class_mask) === 0) return true;
  }
  return false;
};

export const pciDevPresent = stub(
  "int pci_dev_present(const struct pci_device_id *ids)",
  { sleeps: true },
  (k, { ids }) => {
    for (let index = 0; index < MAX_IDS; index += 1) {
      const id = ids + index * k.sizeOf("pci_device_id");
      const { vendor, subvendor, class_mask } = k.struct("pci_device_id", id);
      if (vendor === 0 && subvendor === 0 && class_mask === 0) return 0;
      if (isOnBus(k, id)) return 1;
    }
    return 0;
  },
);
