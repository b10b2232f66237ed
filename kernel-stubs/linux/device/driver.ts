/** include/linux/device/driver.h, as drivers/base/driver.c does it. */
import { asInt } from "../../../src/abi/calls.ts";
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { deviceKobject } from "../../../src/kernel/devices/device-members.ts";
import { registerDriver, unregisterDriver } from "../../../src/kernel/devices/driver.ts";
import { addAttribute, removeAttribute } from "../../../src/kernel/devices/groups.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { stub } from "../../../src/stub/declare.ts";

export const driverRegister = stub(
  "int driver_register(struct device_driver *drv)",
  { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true, acquires: { driver: "drv" } },
  function* (k, { drv }) {
    yield* registerDriver(k, drv);
    return 0;
  },
);
export const driverUnregister = stub(
  "void driver_unregister(struct device_driver *drv)",
  { releases: { driver: "drv" } },
  function* (k, { drv }) {
    yield* unregisterDriver(k, drv);
  },
);
const driverKobject = (k: Kernel, driver: Address): Address => {
  const state = k.driverCore.drivers.get(driver);
  if (state === undefined) throw new Errno(EINVAL);
  return state.kobject;
};
export const driverCreateFile = stub(
  "int driver_create_file(struct device_driver *drv, const struct driver_attribute *attr)",
  { fails: ["EEXIST", "EINVAL", "ENOMEM"], sleeps: true },
  (k, { drv, attr }) => {
    addAttribute(k, driverKobject(k, drv), attr);
    return 0;
  },
);
export const driverRemoveFile = stub(
  "void driver_remove_file(struct device_driver *drv, const struct driver_attribute *attr)",
  (k, { drv, attr }) => {
    if (k.driverCore.drivers.has(drv)) removeAttribute(k, driverKobject(k, drv), attr);
  },
);

export const driverFind = stub(
  "struct device_driver *driver_find(const char *name, struct bus_type *bus)",
  (k, { name, bus }) => {
    const wanted = k.memory.cstring(name, 256);
    const { drivers, kobjects } = k.driverCore;
    for (const [driver, state] of drivers.entries())
      if (state.bus === bus && kobjects.name(state.kobject) === wanted) return driver as never;
    return 0 as never;
  },
);

/** A driver's devices, those behind `start` where there is one. */
function* devicesOf(k: Kernel, driver: Address, start: Address): Generator<Address> {
  let begun = start === 0;
  for (const device of k.driverCore.devices.keys()) {
    if (begun && k.struct("device", device).driver === driver) yield device;
    if (device === start) begun = true;
  }
}

export const driverForEachDevice = stub(
  `int driver_for_each_device(struct device_driver *drv, struct device *start, void *data,
      int (*fn)(struct device *, void *))`,
  { fails: ["EINVAL"] },
  function* (k, { drv, start, data, fn }) {
    if (drv === 0) throw new Errno(EINVAL);
    for (const device of devicesOf(k, drv, start)) {
      const result = asInt(yield* k.call(fn, device, data));
      if (result !== 0) return result;
    }
    return 0;
  },
);
export const driverFindDevice = stub(
  `struct device *driver_find_device(struct device_driver *drv, struct device *start, const void *data,
      int (*match)(struct device *dev, const void *data))`,
  { acquires: { device_reference: "return" } },
  function* (k, { drv, start, data, match }) {
    if (drv === 0) return 0;
    for (const device of devicesOf(k, drv, start)) {
      if (BigInt.asIntN(32, yield* k.call(match, device, data)) === 0n) continue;
      k.driverCore.kobjects.get(deviceKobject(k, device));
      return device;
    }
    return 0;
  },
);
