/** include/linux/device.h, as drivers/base/core.c and class.c do it. */
import type { Address } from "../../src/base/address.ts";
import { Errno } from "../../src/base/errors.ts";
import { EINVAL } from "../../src/base/errno.ts";
import {
  createClass,
  destroyClass,
  registerClass,
  unregisterClass,
} from "../../src/kernel/devices/classes.ts";
import {
  addDevice,
  createDevice,
  deleteDevice,
  destroyDevice,
  deviceKobject,
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
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const NAME_MAX = 4096;

export const classCreate = stub(
  "struct class *__class_create(struct module *owner, const char *name, struct lock_class_key *key)",
  { fails: ["ENOMEM", "EEXIST"], errPtr: true, sleeps: true, acquires: { class: "return" } },
  function* (k, { owner, name }) {
    return yield* createClass(k, owner, name);
  },
);
export const classRegister = stub(
  "int __class_register(struct class *cls, struct lock_class_key *key)",
  { fails: ["ENOMEM", "EEXIST"], sleeps: true, acquires: { class: "cls" } },
  function* (k, { cls }) {
    yield* registerClass(k, cls);
    return 0;
  },
);
export const classDestroy = stub(
  "void class_destroy(struct class *cls)",
  { releases: { class: "cls" } },
  function* (k, { cls }) {
    // NULL and error pointers are let pass.
    if (cls !== 0 && (cls < -4095 || cls > 0)) yield* destroyClass(k, cls);
  },
);
export const classUnregister = stub(
  "void class_unregister(struct class *cls)",
  { releases: { class: "cls" } },
  function* (k, { cls }) {
    yield* unregisterClass(k, cls);
  },
);

const classKobject = (k: Kernel, family: Address): Address => {
  const state = k.driverCore.classes.get(family);
  if (state === undefined) throw new Errno(EINVAL);
  return state.kobject;
};
export const classCreateFile = stub(
  "int class_create_file_ns(struct class *cls, const struct class_attribute *attr, const void *ns)",
  { fails: ["EEXIST", "ENOMEM", "EINVAL"], sleeps: true },
  (k, { cls, attr }) => {
    addAttribute(k, classKobject(k, cls), attr);
    return 0;
  },
);
export const classRemoveFile = stub(
  "void class_remove_file_ns(struct class *cls, const struct class_attribute *attr, const void *ns)",
  (k, { cls, attr }) => {
    if (k.driverCore.classes.has(cls)) removeAttribute(k, classKobject(k, cls), attr);
  },
);
export const showClassAttrString = stub(
  "ssize_t show_class_attr_string(struct class *class, struct class_attribute *attr, char *buf)",
  (k, { attr, buf }) => {
    const text = `${k.memory.cstring(k.memory.pointer(attr + k.sizeOf("class_attribute")), 4094)}\n`;
    k.memory.setCstring(buf, text);
    return text.length;
  },
);
/** class_dev_iter_next(): a class's devices, those behind `start` where there is one. */
function* classDevices(k: Kernel, family: Address, start: Address): Generator<Address> {
  let begun = start === 0;
  for (const device of k.driverCore.devices.keys()) {
    if (begun && k.struct("device", device).class === family) yield device;
    if (device === start) begun = true;
  }
}

export const classFindDevice = stub(
  `struct device *class_find_device(struct class *class, struct device *start, const void *data,
      int (*match)(struct device *, const void *))`,
  { acquires: { device_reference: "return" } },
  function* (k, { class: family, start, data, match }) {
    for (const device of classDevices(k, family, start)) {
      if ((yield* k.call(match, device, data)) === 0n) continue;
      k.driverCore.kobjects.get(deviceKobject(k, device));
      return device;
    }
    return 0;
  },
);
export const classForEachDevice = stub(
  `int class_for_each_device(struct class *class, struct device *start, void *data,
      int (*fn)(struct device *, void *))`,
  { fails: ["EINVAL"] },
  function* (k, { class: family, start, data, fn }) {
    if (family === 0) throw new Errno(EINVAL);
    for (const device of classDevices(k, family, start)) {
      const result = Number(BigInt.asIntN(32, yield* k.call(fn, device, data)));
      if (result !== 0) return result;
    }
    return 0;
  },
);

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
    const answer = Number(BigInt.asIntN(32, yield* k.call(fn, device, data)));
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
