/** include/linux/device/driver.h, as drivers/base/driver.c does it. */
import type { Address } from "../../../src/base/address.ts";
import { EINVAL } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { registerDriver, unregisterDriver } from "../../../src/kernel/devices/bus.ts";
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
