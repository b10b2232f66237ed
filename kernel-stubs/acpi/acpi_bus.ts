/** include/acpi/acpi_bus.h, as drivers/acpi/bus.c and glue.c do it. */
import type { Address } from "../../src/base/address.ts";
import { ENODEV } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addTail, initList, removeInit } from "../../src/kernel/data/guest-list.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";
import { kernelChain } from "../notifier-chain.ts";

const EMPTY = { partial: "there is no ACPI namespace" };

const driverOf = (k: Kernel, { driver }: { readonly driver: Address }): Address =>
  driver + k.offsetOf("acpi_driver", "drv");

export const acpiBusRegisterDriver = stub(
  "int acpi_bus_register_driver(struct acpi_driver *driver)",
  { ...DRIVER_FAILS, fails: ["ENODEV", "EBUSY", "EINVAL"], acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { driver }) {
    const name = driver + k.offsetOf("acpi_driver", "name");
    const { owner } = k.struct("acpi_driver", driver);
    return yield* registerBusDriver(k, {
      bus: "acpi_bus_type",
      driver: driverOf(k, { driver }),
      owner,
      name,
    });
  },
);
export const acpiBusUnregisterDriver = stub(
  "void acpi_bus_unregister_driver(struct acpi_driver *driver)",
  { sleeps: true, releases: { driver: driverOf }, level: EMPTY },
  function* (k, { driver }) {
    yield* unregisterDriver(k, driverOf(k, { driver }));
  },
);

/** The list of bus types that know their devices' companions in the namespace. */
const busTypes = (k: Kernel): Address => {
  const { chains } = k.driverCore;
  const known = chains.get("register_acpi_bus_type");
  if (known !== undefined) return known;
  const made = k.statics.allocate(16);
  initList(k.memory, made);
  chains.set("register_acpi_bus_type", made);
  return made;
};

const field = (k: Kernel, type: Address, name: "name" | "match" | "find_companion"): Address =>
  k.memory.pointer(type + k.offsetOf("acpi_bus_type", name));

const tellType = (k: Kernel, type: Address, what: "registered" | "unregistered"): void => {
  const name = field(k, type, "name");
  k.printk(6, `ACPI: bus type ${name === 0 ? "(null)" : k.memory.cstring(name, 256)} ${what}`);
};

export const registerAcpiBusType = stub(
  "int register_acpi_bus_type(struct acpi_bus_type *type)",
  { fails: ["ENODEV"], sleeps: true, acquires: { acpi_bus_type: "type" }, level: EMPTY },
  (k, { type }) => {
    if (type === 0 || field(k, type, "match") === 0 || field(k, type, "find_companion") === 0)
      throw new Errno(ENODEV);
    addTail(k.memory, type + k.offsetOf("acpi_bus_type", "list"), busTypes(k));
    tellType(k, type, "registered");
    return 0;
  },
);
export const unregisterAcpiBusType = stub(
  "int unregister_acpi_bus_type(struct acpi_bus_type *type)",
  { fails: ["ENODEV"], sleeps: true, releases: { acpi_bus_type: "type" }, level: EMPTY },
  (k, { type }) => {
    if (type === 0) throw new Errno(ENODEV);
    removeInit(k.memory, type + k.offsetOf("acpi_bus_type", "list"));
    tellType(k, type, "unregistered");
    return 0;
  },
);

export const acpiNotifiers = kernelChain(
  "register_acpi_notifier",
  "unregister_acpi_notifier",
  "there is no ACPI",
);

const NO_NODES = { level: { partial: "there are no nodes of ACPI" } };

export const isAcpiDeviceNode = stub(
  "bool is_acpi_device_node(const struct fwnode_handle *fwnode)",
  NO_NODES,
  () => false,
);
export const isAcpiDataNode = stub(
  "bool is_acpi_data_node(const struct fwnode_handle *fwnode)",
  NO_NODES,
  () => false,
);
