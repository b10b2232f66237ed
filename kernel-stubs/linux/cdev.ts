/** include/linux/cdev.h, as fs/char_dev.c does it. */
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { addDevice, deleteDevice } from "../../src/kernel/devices/device.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { addCdev, deleteCdev, initialiseCdev } from "../../src/kernel/vfs/cdev.ts";
import { stub } from "../../src/stub/declare.ts";

export const cdevInit = stub(
  "void cdev_init(struct cdev *cdev, const struct file_operations *fops)",
  (k, { cdev, fops }) => {
    initialiseCdev(k, cdev, "cdev");
    k.struct("cdev", cdev).ops = fops;
  },
);
export const cdevAlloc = stub(
  "struct cdev *cdev_alloc(void)",
  { acquires: { cdev_object: "return" }, fails: ["NULL"], sleeps: true },
  (k) => {
    const cdev = k.heap.kmalloc(k.sizeOf("cdev"), GFP_KERNEL);
    if (cdev !== 0) initialiseCdev(k, cdev, "cdev-dynamic");
    return cdev;
  },
);

export const cdevAdd = stub(
  "int cdev_add(struct cdev *p, dev_t dev, unsigned int count)",
  { fails: ["EBUSY", "ENOMEM"], sleeps: true, acquires: { cdev: "p" } },
  (k, { p, dev, count }) => {
    addCdev(k, p, dev, count);
    return 0;
  },
);

export const cdevDel = stub(
  "void cdev_del(struct cdev *p)",
  { releases: { cdev: "p" } },
  function* (k, { p }) {
    yield* deleteCdev(k, p);
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
      addCdev(k, cdev, devt, 1);
    }
    try {
      yield* addDevice(k, dev);
    } catch (error) {
      if (devt !== 0) yield* deleteCdev(k, cdev);
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
    if (devt !== 0) yield* deleteCdev(k, cdev);
  },
);
