/** struct cdev in guest memory (fs/char_dev.c). */
import type { Address } from "../../base/address.ts";
import { EBUSY } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { WARN_SITES } from "./warn-sites.ts";

export const cdevKobject = (k: Kernel, cdev: Address): Address => cdev + k.offsetOf("cdev", "kobj");

/** cdev_init(), and what cdev_alloc() made goes away with its last reference. */
export const initialiseCdev = (k: Kernel, cdev: Address, kind: "cdev" | "cdev-dynamic"): void => {
  const { kobjects } = k.driverCore;
  k.memory.fill(cdev, 0, k.sizeOf("cdev"));
  const list = cdev + k.offsetOf("cdev", "list");
  k.memory.setPointer(list, list);
  k.memory.setPointer(list + 8, list);
  kobjects.init(cdevKobject(k, cdev), kobjects.ktype(kind));
  kobjects.releases.set("cdev-dynamic", function* (kobject) {
    k.heap.kfree(kobject - k.offsetOf("cdev", "kobj"));
  });
};

/** cdev_add(): Errno EBUSY for the number that no device may have. */
export const addCdev = (k: Kernel, cdev: Address, dev: number, count: number): void => {
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

/** cdev_del() */
export function* deleteCdev(k: Kernel, cdev: Address): Routine<void> {
  k.vfs.devices.removeCdev(cdev);
  const { parent } = k.struct("cdev", cdev).kobj;
  yield* k.driverCore.kobjects.put(cdevKobject(k, cdev));
  if (parent !== 0) yield* k.driverCore.kobjects.put(parent);
}
