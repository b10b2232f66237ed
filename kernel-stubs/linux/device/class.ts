/** include/linux/device/class.h, as drivers/base/class.c does it. */
import { asInt } from "../../../src/abi/calls.ts";
import type { Address } from "../../../src/base/address.ts";
import { isErrOrNull } from "../../../src/base/err.ts";
import { EINVAL, ENODEV } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";
import { putText } from "../../../src/kernel/data/text.ts";
import {
  classDevices,
  registerInterface,
  unregisterInterface,
} from "../../../src/kernel/devices/class-interfaces.ts";
import { createClass, registerClass, unregisterClass } from "../../../src/kernel/devices/classes.ts";
import { deviceKobject } from "../../../src/kernel/devices/device-members.ts";
import { addAttribute, removeAttribute } from "../../../src/kernel/devices/groups.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { stub } from "../../../src/stub/declare.ts";

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
    if (!isErrOrNull(cls)) yield* unregisterClass(k, cls);
  },
);
export const classUnregister = stub(
  "void class_unregister(struct class *cls)",
  { releases: { class: "cls" } },
  function* (k, { cls }) {
    yield* unregisterClass(k, cls);
  },
);

export const classKobject = (k: Kernel, family: Address): Address => {
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
    return putText(k.memory, buf, text);
  },
);
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
      const result = asInt(yield* k.call(fn, device, data));
      if (result !== 0) return result;
    }
    return 0;
  },
);

export const classInterfaceRegister = stub(
  "int class_interface_register(struct class_interface *class_intf)",
  { fails: ["ENODEV", "EINVAL"], sleeps: true, acquires: { class_interface: "class_intf" } },
  function* (k, { class_intf }) {
    if (class_intf === 0) throw new Errno(ENODEV);
    yield* registerInterface(k, class_intf);
    return 0;
  },
);
export const classInterfaceUnregister = stub(
  "void class_interface_unregister(struct class_interface *class_intf)",
  { sleeps: true, releases: { class_interface: "class_intf" } },
  function* (k, { class_intf }) {
    yield* unregisterInterface(k, class_intf);
  },
);

/** struct class_compat has one member, its kobject. */
const COMPAT_BYTES = 8;

export const classCompatRegister = stub(
  "struct class_compat *class_compat_register(const char *name)",
  { fails: ["NULL"], sleeps: true, acquires: { class_compat: "return" } },
  function* (k, { name }) {
    const compat = k.heap.kmalloc(COMPAT_BYTES, GFP_KERNEL);
    if (compat === 0) return 0 as never;
    const { kobjects } = k.driverCore;
    const kobject = yield* kobjects.create(k.memory.cstring(name, 256), kobjects.known("/class"));
    if (kobject === 0) k.heap.kfree(compat);
    else k.memory.setPointer(compat, kobject);
    return (kobject === 0 ? 0 : compat) as never;
  },
);
export const classCompatUnregister = stub(
  "void class_compat_unregister(struct class_compat *cls)",
  { sleeps: true, releases: { class_compat: "cls" } },
  function* (k, { cls }) {
    yield* k.driverCore.kobjects.put(k.memory.pointer(cls));
    k.heap.kfree(cls);
  },
);
