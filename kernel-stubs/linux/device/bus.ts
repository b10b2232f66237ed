/** include/linux/device/bus.h, as drivers/base/bus.c does it. */
import { asInt } from "../../../src/abi/calls.ts";
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { busNotifiers } from "../../../src/kernel/devices/bus-notify.ts";
import { registerBus, unregisterBus } from "../../../src/kernel/devices/bus.ts";
import { deviceKobject } from "../../../src/kernel/devices/device-members.ts";
import { addAttribute, removeAttribute } from "../../../src/kernel/devices/groups.ts";
import { readyBus } from "../../../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { unregisterNotifier } from "../../../src/kernel/notifier.ts";
import { stub } from "../../../src/stub/declare.ts";
import { registerBlock } from "../../notifier-chain.ts";

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

const OWN = { partial: "of the machine's own devices and drivers, nothing is told" };

/** Those of a map that are on the bus, behind `start` where there is one. */
function* membersOf(
  all: Iterable<Address>,
  start: Address,
  isOn: (each: Address) => boolean,
): Generator<Address> {
  let begun = start === 0;
  for (const each of all) {
    if (begun && isOn(each)) yield each;
    if (each === start) begun = true;
  }
}

const devicesOf = (k: Kernel, bus: Address, start: Address): Iterable<Address> =>
  membersOf(k.driverCore.devices.keys(), start, (each) => k.struct("device", each).bus === bus);

export const busForEachDev = stub(
  `int bus_for_each_dev(struct bus_type *bus, struct device *start, void *data,
      int (*fn)(struct device *dev, void *data))`,
  { fails: ["EINVAL"], level: OWN },
  function* (k, { bus, start, data, fn }) {
    yield* readyBus(k, bus);
    if (bus === 0 || k.struct("bus_type", bus).p === 0) throw new Errno(EINVAL);
    for (const device of devicesOf(k, bus, start)) {
      const result = asInt(yield* k.call(fn, device, data));
      if (result !== 0) return result;
    }
    return 0;
  },
);
export const busFindDevice = stub(
  `struct device *bus_find_device(struct bus_type *bus, struct device *start, const void *data,
      int (*match)(struct device *dev, const void *data))`,
  { acquires: { device_reference: "return" }, level: OWN },
  function* (k, { bus, start, data, match }) {
    if (bus === 0) return 0;
    for (const device of devicesOf(k, bus, start)) {
      if (BigInt.asIntN(32, yield* k.call(match, device, data)) === 0n) continue;
      k.driverCore.kobjects.get(deviceKobject(k, device));
      return device;
    }
    return 0;
  },
);
export const busForEachDrv = stub(
  `int bus_for_each_drv(struct bus_type *bus, struct device_driver *start, void *data,
      int (*fn)(struct device_driver *, void *))`,
  { fails: ["EINVAL"], level: OWN },
  function* (k, { bus, start, data, fn }) {
    if (bus === 0) throw new Errno(EINVAL);
    const { drivers } = k.driverCore;
    for (const driver of membersOf(drivers.keys(), start, (each) => drivers.get(each)?.bus === bus)) {
      const result = asInt(yield* k.call(fn, driver, data));
      if (result !== 0) return result;
    }
    return 0;
  },
);
export const busRegisterNotifier = stub(
  "int bus_register_notifier(struct bus_type *bus, struct notifier_block *nb)",
  { fails: ["EEXIST"], sleeps: true, acquires: { notifier: "nb" } },
  function* (k, { bus, nb }) {
    yield* readyBus(k, bus);
    return registerBlock(k, "blocking", busNotifiers(k, bus), nb);
  },
);
export const busUnregisterNotifier = stub(
  "int bus_unregister_notifier(struct bus_type *bus, struct notifier_block *nb)",
  { fails: ["ENOENT"], sleeps: true, releases: { notifier: "nb" } },
  (k, { bus, nb }) => {
    unregisterNotifier(k.memory, busNotifiers(k, bus), nb);
    return 0;
  },
);
