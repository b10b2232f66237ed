/** include/linux/device.h, as drivers/base/core.c and dd.c do it. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { attachDriver, probeDevice, releaseDriver } from "../../src/kernel/devices/binding.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import {
  addDevice,
  createDevice,
  deleteDevice,
  destroyDevice,
  initialiseDevice,
  unregisterDevice,
} from "../../src/kernel/devices/device.ts";
import {
  addAttribute,
  addBinary,
  addGroups,
  removeAttribute,
  removeGroups,
} from "../../src/kernel/devices/groups.ts";
import { createRootDevice, removeRootDevice } from "../../src/kernel/devices/root-device.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 4096;

export const deviceCreate = stub(
  `struct device *device_create(struct class *class, struct device *parent, dev_t devt,
      void *drvdata, const char *fmt, ...)`,
  { fails: ["ENOMEM", "EEXIST", "ENODEV"], errPtr: true, sleeps: true, acquires: { device: "return" } },
  function* (k, { class: family, parent, devt, drvdata, fmt }, call) {
    const name = formatGuest(k, fmt, call, NAME_MAX).text;
    return yield* createDevice(k, { class: family, parent, devt, data: drvdata, groups: 0, name });
  },
);
export const deviceCreateWithGroups = stub(
  `struct device *device_create_with_groups(struct class *class, struct device *parent, dev_t devt,
      void *drvdata, const struct attribute_group **groups, const char *fmt, ...)`,
  { fails: ["ENOMEM", "EEXIST", "ENODEV"], errPtr: true, sleeps: true, acquires: { device: "return" } },
  function* (k, { class: family, parent, devt, drvdata, groups, fmt }, call) {
    const name = formatGuest(k, fmt, call, NAME_MAX).text;
    return yield* createDevice(k, { class: family, parent, devt, data: drvdata, groups, name });
  },
);
export const deviceDestroy = stub(
  "void device_destroy(struct class *class, dev_t devt)",
  function* (k, args) {
    yield* destroyDevice(k, args.class, args.devt);
  },
);

export const deviceInitialize = stub(
  "void device_initialize(struct device *dev)",
  { acquires: { device_reference: "dev" } },
  (k, { dev }) => initialiseDevice(k, dev),
);
export const deviceAdd = stub(
  "int device_add(struct device *dev)",
  { fails: ["ENOMEM", "EINVAL", "EEXIST"], sleeps: true, acquires: { device: "dev" } },
  function* (k, { dev }) {
    if (dev === 0) throw new Errno(EINVAL);
    yield* addDevice(k, dev);
    return 0;
  },
);
export const deviceRegister = stub(
  "int device_register(struct device *dev)",
  {
    fails: ["ENOMEM", "EINVAL", "EEXIST"],
    sleeps: true,
    acquires: { device: "dev", device_reference: "dev" },
    keeps: ["device_reference"],
    leaves: (k, { dev }) => initialiseDevice(k, dev),
  },
  function* (k, { dev }) {
    initialiseDevice(k, dev);
    yield* addDevice(k, dev);
    return 0;
  },
);
export const deviceDel = stub(
  "void device_del(struct device *dev)",
  { releases: { device: "dev" } },
  function* (k, { dev }) {
    yield* deleteDevice(k, dev);
  },
);
export const deviceUnregister = stub(
  "void device_unregister(struct device *dev)",
  { releases: { device: "dev", device_reference: "dev" } },
  function* (k, { dev }) {
    yield* unregisterDevice(k, dev);
  },
);
export const rootDeviceRegister = stub(
  "struct device *__root_device_register(const char *name, struct module *owner)",
  { fails: ["ENOMEM", "EEXIST"], errPtr: true, sleeps: true, acquires: { device: "return" } },
  function* (k, { name, owner }) {
    return yield* createRootDevice(k, k.memory.cstring(name, NAME_MAX), owner);
  },
);
export const rootDeviceUnregister = stub(
  "void root_device_unregister(struct device *dev)",
  { releases: { device: "dev" } },
  function* (k, { dev }) {
    yield* removeRootDevice(k, dev);
  },
);
export const getDevice = stub(
  "struct device *get_device(struct device *dev)",
  { acquires: { device_reference: "return" } },
  (k, { dev }) => {
    if (dev !== 0) k.driverCore.kobjects.get(deviceKobject(k, dev));
    return dev;
  },
);
export const putDevice = stub(
  "void put_device(struct device *dev)",
  { releases: { device_reference: "dev" } },
  function* (k, { dev }) {
    if (dev !== 0) yield* k.driverCore.kobjects.put(deviceKobject(k, dev));
  },
);
export const devSetName = stub(
  "int dev_set_name(struct device *dev, const char *fmt, ...)",
  { fails: ["ENOMEM"] },
  (k, { dev, fmt }, call) => {
    k.driverCore.kobjects.setName(deviceKobject(k, dev), formatGuest(k, fmt, call, NAME_MAX).text);
    return 0;
  },
);

export const deviceCreateFile = stub(
  "int device_create_file(struct device *dev, const struct device_attribute *attr)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true },
  (k, { dev, attr }) => {
    if (dev !== 0) addAttribute(k, deviceKobject(k, dev), attr);
    return 0;
  },
);
export const deviceRemoveFile = stub(
  "void device_remove_file(struct device *dev, const struct device_attribute *attr)",
  (k, { dev, attr }) => {
    if (dev !== 0) removeAttribute(k, deviceKobject(k, dev), attr);
  },
);
export const deviceCreateBinFile = stub(
  "int device_create_bin_file(struct device *dev, const struct bin_attribute *attr)",
  { fails: ["EEXIST", "ENOMEM", "EINVAL"], sleeps: true },
  (k, { dev, attr }) => {
    if (dev === 0) throw new Errno(EINVAL);
    addBinary(k, deviceKobject(k, dev), attr);
    return 0;
  },
);
export const deviceRemoveBinFile = stub(
  "void device_remove_bin_file(struct device *dev, const struct bin_attribute *attr)",
  (k, { dev, attr }) => {
    if (dev !== 0) removeAttribute(k, deviceKobject(k, dev), attr);
  },
);
export const deviceAddGroups = stub(
  "int device_add_groups(struct device *dev, const struct attribute_group **groups)",
  { fails: ["EEXIST", "ENOMEM"], sleeps: true },
  function* (k, { dev, groups }) {
    yield* addGroups(k, deviceKobject(k, dev), groups);
    return 0;
  },
);
export const deviceRemoveGroups = stub(
  "void device_remove_groups(struct device *dev, const struct attribute_group **groups)",
  function* (k, { dev, groups }) {
    yield* removeGroups(k, deviceKobject(k, dev), groups);
  },
);

/** Devices below `parent`, by the function's answer. */
function* children(
  k: Kernel,
  parent: Address,
  fn: Address,
  data: Address,
  done: (answer: number) => boolean,
) {
  for (const device of k.driverCore.devices.keys()) {
    if (k.struct("device", device).parent !== parent) continue;
    const answer = asInt(yield* k.call(fn, device, data));
    if (done(answer)) return { device, answer };
  }
  return { device: 0, answer: 0 };
}
export const deviceForEachChild = stub(
  `int device_for_each_child(struct device *parent, void *data,
      int (*fn)(struct device *, void *))`,
  function* (k, { parent, data, fn }) {
    return (yield* children(k, parent, fn, data, (answer) => answer !== 0)).answer;
  },
);
export const deviceFindChild = stub(
  `struct device *device_find_child(struct device *parent, void *data,
      int (*match)(struct device *, void *))`,
  { acquires: { device_reference: "return" } },
  function* (k, { parent, data, match }) {
    const { device } = yield* children(k, parent, match, data, (answer) => answer !== 0);
    if (device !== 0) k.driverCore.kobjects.get(deviceKobject(k, device));
    return device;
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

export const devDriverString = stub(
  "const char *dev_driver_string(const struct device *dev)",
  { level: { partial: "a device without driver, bus and class gives NULL instead of an empty text" } },
  (k, { dev }) => {
    const driver = k.struct("device", dev).driver;
    if (driver !== 0) return k.struct("device_driver", driver).name;
    const { bus, class: family } = k.struct("device", dev);
    if (bus !== 0) return k.struct("bus_type", bus).name;
    return family === 0 ? 0 : k.struct("class", family).name;
  },
);
