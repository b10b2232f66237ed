/** include/linux/fs.h: numbers of character devices, as fs/char_dev.c does them. */
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addCdev, cdevKobject, deleteCdev, initialiseCdev } from "../../src/kernel/vfs/cdev.ts";
import { kernelMajor, kernelMinor, makeKernelDev } from "../../src/kernel/vfs/node.ts";
import { stub } from "../../src/stub/declare.ts";

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
    initialiseCdev(k, cdev, "cdev-dynamic");
    const view = k.struct("cdev", cdev);
    view.owner = k.struct("file_operations", fops).owner;
    view.ops = fops;
    addCdev(k, cdev, makeKernelDev(got, baseminor), count);
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
    if (range !== undefined && k.driverCore.kobjects.kindOf(cdevKobject(k, range.cdev)) === "cdev-dynamic")
      yield* deleteCdev(k, range.cdev);
  },
);
