/** include/linux/cdev.h and the device numbers of fs.h, as fs/char_dev.c does them. */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addDevice, deleteDevice, deviceKobject } from "../../src/kernel/devices/device.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { kernelMajor, kernelMinor, makeKernelDev } from "../../src/kernel/vfs/node.ts";
import { stub } from "../../src/stub/declare.ts";
import { WARN_SITES } from "../../src/kernel/vfs/warn-sites.ts";

const REGION_NAME = 64;

export const allocChrdevRegion = stub(
  "int alloc_chrdev_region(dev_t *dev, unsigned int baseminor, unsigned int count, const char *name)",
  { acquires: { chrdev: (k, { dev }) => k.memory.u32(dev) }, fails: ["EBUSY", "ENOMEM"], sleeps: true },
  (k, { dev, baseminor, count, name }) => {
    const major = k.vfs.devices.register(0, baseminor, count, k.memory.cstring(name, REGION_NAME));
    k.memory.setU32(dev, makeKernelDev(major, baseminor));
    return 0;
  },
);
export const registerChrdevRegion = stub(
  "int register_chrdev_region(dev_t from, unsigned int count, const char *name)",
  { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true, acquires: { chrdev: "from" } },
  (k, { from, count, name }) => {
    k.vfs.devices.register(kernelMajor(from), kernelMinor(from), count, k.memory.cstring(name, REGION_NAME));
    return 0;
  },
);
export const unregisterChrdevRegion = stub(
  "void unregister_chrdev_region(dev_t from, unsigned int count)",
  { releases: { chrdev: "from" } },
  (k, { from, count }) => k.vfs.devices.unregister(kernelMajor(from), kernelMinor(from), count),
);

const kobjectOf = (k: Kernel, cdev: Address): Address => cdev + k.offsetOf("cdev", "kobj");

const initialise = (k: Kernel, cdev: Address, kind: "cdev" | "cdev-dynamic"): void => {
  const { kobjects } = k.driverCore;
  k.memory.fill(cdev, 0, k.sizeOf("cdev"));
  const list = cdev + k.offsetOf("cdev", "list");
  k.memory.setPointer(list, list);
  k.memory.setPointer(list + 8, list);
  kobjects.init(kobjectOf(k, cdev), kobjects.ktype(kind));
  kobjects.releases.set("cdev-dynamic", function* (kobject) {
    k.heap.kfree(kobject - k.offsetOf("cdev", "kobj"));
  });
};

export const cdevInit = stub(
  "void cdev_init(struct cdev *cdev, const struct file_operations *fops)",
  (k, { cdev, fops }) => {
    initialise(k, cdev, "cdev");
    k.struct("cdev", cdev).ops = fops;
  },
);
export const cdevAlloc = stub(
  "struct cdev *cdev_alloc(void)",
  { acquires: { cdev_object: "return" }, fails: ["NULL"], sleeps: true },
  (k) => {
    const cdev = k.heap.kmalloc(k.sizeOf("cdev"), GFP_KERNEL);
    if (cdev !== 0) initialise(k, cdev, "cdev-dynamic");
    return cdev;
  },
);

const add = (k: Kernel, cdev: Address, dev: number, count: number): void => {
  const view = k.struct("cdev", cdev);
  view.dev = dev;
  view.count = count;
  if (dev === 0xfff_00000 + 0xfffff) {
    k.traces.warn(WARN_SITES.cdevAdd);
    throw new Errno(EBUSY);
  }
  k.vfs.devices.addCdev(cdev, dev, count);
  k.driverCore.kobjects.get(view.kobj.parent);
};

export const cdevAdd = stub(
  "int cdev_add(struct cdev *p, dev_t dev, unsigned int count)",
  { fails: ["EBUSY", "ENOMEM"], sleeps: true, acquires: { cdev: "p" } },
  (k, { p, dev, count }) => {
    add(k, p, dev, count);
    return 0;
  },
);

function* del(k: Kernel, cdev: Address) {
  k.vfs.devices.removeCdev(cdev);
  const { parent } = k.struct("cdev", cdev).kobj;
  yield* k.driverCore.kobjects.put(kobjectOf(k, cdev));
  if (parent !== 0) yield* k.driverCore.kobjects.put(parent);
}

export const cdevDel = stub(
  "void cdev_del(struct cdev *p)",
  { releases: { cdev: "p" } },
  function* (k, { p }) {
    yield* del(k, p);
  },
);
export const cdevSetParent = stub(
  "void cdev_set_parent(struct cdev *p, struct kobject *kobj)",
  (k, { p, kobj }) => {
    k.struct("cdev", p).kobj.parent = kobj;
  },
);
export const cdevDeviceAdd = stub(
  "int cdev_device_add(struct cdev *cdev, struct device *dev)",
  { fails: ["EBUSY", "ENOMEM", "EEXIST"], sleeps: true, acquires: { cdev: "cdev", device: "dev" } },
  function* (k, { cdev, dev }) {
    const { devt } = k.struct("device", dev);
    if (devt !== 0) {
      k.struct("cdev", cdev).kobj.parent = deviceKobject(k, dev);
      add(k, cdev, devt, 1);
    }
    try {
      yield* addDevice(k, dev);
    } catch (error) {
      if (devt !== 0) yield* del(k, cdev);
      throw error;
    }
    return 0;
  },
);
export const cdevDeviceDel = stub(
  "void cdev_device_del(struct cdev *cdev, struct device *dev)",
  { releases: { cdev: "cdev", device: "dev" } },
  function* (k, { cdev, dev }) {
    const { devt } = k.struct("device", dev);
    yield* deleteDevice(k, dev);
    if (devt !== 0) yield* del(k, cdev);
  },
);

/** register_chrdev(): a region and a cdev in one, which the kernel keeps by its number. */
export const registerChrdev = stub(
  `int __register_chrdev(unsigned int major, unsigned int baseminor, unsigned int count,
      const char *name, const struct file_operations *fops)`,
  {
    acquires: {
      chrdev: (_k, { major, baseminor }, result) => makeKernelDev(major === 0 ? result : major, baseminor),
    },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    sleeps: true,
  },
  (k, { major, baseminor, count, name, fops }) => {
    const got = k.vfs.devices.register(major, baseminor, count, k.memory.cstring(name, REGION_NAME));
    const cdev = k.heap.internal(new Uint8Array(k.sizeOf("cdev")));
    if (cdev === 0) throw new Errno(ENOMEM);
    initialise(k, cdev, "cdev-dynamic");
    const view = k.struct("cdev", cdev);
    view.owner = k.struct("file_operations", fops).owner;
    view.ops = fops;
    add(k, cdev, makeKernelDev(got, baseminor), count);
    return major === 0 ? got : 0;
  },
);
export const unregisterChrdev = stub(
  `void __unregister_chrdev(unsigned int major, unsigned int baseminor, unsigned int count,
      const char *name)`,
  { releases: { chrdev: (_k, { major, baseminor }) => makeKernelDev(major, baseminor) } },
  function* (k, { major, baseminor, count }) {
    k.vfs.devices.unregister(major, baseminor, count);
    const range = k.vfs.devices.find(makeKernelDev(major, baseminor));
    if (range !== undefined && k.driverCore.kobjects.kindOf(kobjectOf(k, range.cdev)) === "cdev-dynamic")
      yield* del(k, range.cdev);
  },
);
