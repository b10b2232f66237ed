/** include/linux/device/driver.h and bus.h, as drivers/base/bus.c, driver.c and dd.c do it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  attachDriver,
  probeDevice,
  registerBus,
  registerDriver,
  releaseDriver,
  unregisterBus,
  unregisterDriver,
} from "../../src/kernel/devices/bus.ts";
import { addAttribute, removeAttribute } from "../../src/kernel/devices/groups.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

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
export const driverAttach = stub("int driver_attach(struct device_driver *drv)", function* (k, { drv }) {
  yield* attachDriver(k, drv);
  return 0;
});
export const deviceAttach = stub("int device_attach(struct device *dev)", function* (k, { dev }) {
  return (yield* probeDevice(k, dev)) ? 1 : 0;
});
export const deviceReleaseDriver = stub(
  "void device_release_driver(struct device *dev)",
  function* (k, { dev }) {
    yield* releaseDriver(k, dev);
  },
);
