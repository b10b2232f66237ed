/** include/linux/pci.h: who is on the bus, as drivers/pci/search.c does it. */
import type { Address } from "../../src/base/address.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { pciBus, pciDeviceOf, pciDevices } from "../../src/kernel/devices/pci-devices.ts";
import { type PciIdentity, findId, identityOf, matchesId } from "../../src/kernel/devices/pci-driver.ts";
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
  },
);
export const pciGetSubsys = stub(
  `struct pci_dev *pci_get_subsys(unsigned int vendor, unsigned int device, unsigned int ss_vendor,
      unsigned int ss_device, struct pci_dev *from)`,
  { ...SEARCH, ...FROM },
  function* (k, { vendor, device, ss_vendor: subvendor, ss_device: subdevice, from }) {
    return (yield* next(k, from, idPasses(k, { ...ANYONE, vendor, device, subvendor, subdevice }))) as never;
  },
);
export const pciGetClass = stub(
  "struct pci_dev *pci_get_class(unsigned int class, struct pci_dev *from)",
  { ...SEARCH, ...FROM },
  function* (k, args) {
    return (yield* next(k, args.from, idPasses(k, { ...ANYONE, class: args.class, mask: ANY }))) as never;
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
  },
);
