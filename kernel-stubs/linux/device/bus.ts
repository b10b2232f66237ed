/** include/linux/device/bus.h, as drivers/base/bus.c does it. */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { registerBus, unregisterBus } from "../../../src/kernel/devices/bus.ts";
import { addAttribute, removeAttribute } from "../../../src/kernel/devices/groups.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stub } from "../../../src/stub/declare.ts";

export const busRegister = stub(
  "int bus_register(struct bus_type *bus)",
  { fails: ["ENOMEM", "EEXIST"], sleeps: true, acquires: { bus: "bus" } },
  function* (k, { bus }) {
    yield* registerBus(k, bus);
    return 0;
  },
);
export const busUnregister = stub(
  "void bus_unregister(struct bus_type *bus)",
  { releases: { bus: "bus" } },
  function* (k, { bus }) {
    yield* unregisterBus(k, bus);
  },
);
const busKobject = (k: Kernel, bus: Address): Address => {
  const state = k.driverCore.buses.get(bus);
  if (state === undefined) throw new Errno(EINVAL);
  return state.kobject;
};
export const busCreateFile = stub(
  "int bus_create_file(struct bus_type *bus, struct bus_attribute *attr)",
  { fails: ["EEXIST", "EINVAL", "ENOMEM"], sleeps: true },
  (k, { bus, attr }) => {
    addAttribute(k, busKobject(k, bus), attr);
    return 0;
  },
);
export const busRemoveFile = stub(
  "void bus_remove_file(struct bus_type *bus, struct bus_attribute *attr)",
  (k, { bus, attr }) => {
    if (k.driverCore.buses.has(bus)) removeAttribute(k, busKobject(k, bus), attr);
  },
);
/** A match function for those that look for a device (drivers/base/core.c). */
export const deviceMatchFwnode = stub(
  "int device_match_fwnode(struct device *dev, const void *fwnode)",
  (k, { dev, fwnode }) => (k.struct("device", dev).fwnode === fwnode ? 1 : 0),
);
