/** include/linux/pci.h, as drivers/pci/pci-driver.c does it. */
import type { Address } from "../../src/base/address.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import { placeBus } from "../../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";

const EMPTY = { partial: "no device of the bus is offered to a driver" };

const driverOf = (k: Kernel, { drv }: { readonly drv: Address }): Address =>
  drv + k.offsetOf("pci_driver", "driver");

export const pciBusType = variable("struct bus_type pci_bus_type", (k) => void placeBus(k, "pci_bus_type"));

export const pciRegisterDriver = stub(
  "int __pci_register_driver(struct pci_driver *drv, struct module *owner, const char *mod_name)",
  { ...DRIVER_FAILS, acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { drv, owner, mod_name }) {
    const view = k.struct("pci_driver", drv);
    view.driver.mod_name = mod_name;
    view.driver.groups = view.groups;
    view.driver.dev_groups = view.dev_groups;
    initList(k.memory, drv + k.offsetOf("pci_driver", "dynids.list"));
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
