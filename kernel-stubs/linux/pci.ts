/** include/linux/pci.h, as drivers/pci/pci-driver.c does it. */
import type { Address } from "../../src/base/address.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import { placeBus } from "../../src/kernel/devices/kernel-buses.ts";
import { pciBus } from "../../src/kernel/devices/pci-devices.ts";
import { isWanted } from "../../src/kernel/devices/pci-driver.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";

const EMPTY = {
  partial: "the disk controller is offered to nobody; identities cannot be added through files",
};

const driverOf = (k: Kernel, { drv }: { readonly drv: Address }): Address =>
  drv + k.offsetOf("pci_driver", "driver");

export const pciBusType = variable("struct bus_type pci_bus_type", (k) => void placeBus(k, "pci_bus_type"));

const PCIPCI_NATOMA = 4;
/** What is known of the machine's host bridge, an 82441FX. */
export const pciPciProblems = variable("int pci_pci_problems", (k, { address }) =>
  k.memory.setU32(address, PCIPCI_NATOMA),
);

export const pciRegisterDriver = stub(
  "int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)",
  { ...DRIVER_FAILS, acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { drv, owner, mod_name }) {
    const view = k.struct("pci_driver", drv);
    view.driver.mod_name = mod_name;
    view.driver.groups = view.groups;
    view.driver.dev_groups = view.dev_groups;
    initList(k.memory, drv + k.offsetOf("pci_driver", "dynids.list"));
    if (isWanted(k, view.id_table)) yield* pciBus(k);
    const driver = driverOf(k, { drv });
    return yield* registerBusDriver(k, { bus: "pci_bus_type", driver, owner, name: view.name });
  },
);
export const pciUnregisterDriver = stub(
  "void pci_unregister_driver(struct pci_driver *drv)",
  { sleeps: true, releases: { driver: driverOf }, level: EMPTY },
  function* (k, { drv }) {
    yield* unregisterDriver(k, driverOf(k, { drv }));
  },
);
