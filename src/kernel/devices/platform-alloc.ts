/** Platform devices in kernel memory (platform_device_alloc and what fills it, drivers/base/platform.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { initialisePlatformDevice, pdevDevice } from "./platform-bus.ts";

/** A device with a count of one, not added; 0 without memory. */
export const allocatePlatformDevice = (k: Kernel, name: ByteString, id: number): Address => {
  const base = k.sizeOf("platform_device");
  const pdev = k.heap.kmalloc(base + name.length + 1, GFP_KERNEL);
  if (pdev === 0) return 0;
  k.memory.setCstring(pdev + base, name);
  const view = k.struct("platform_device", pdev);
  view.name = pdev + base;
  view.id = id;
  initialisePlatformDevice(k, pdev);
  k.driverCore.platform.own(pdevDevice(k, pdev));
  return pdev;
};

const copy = (k: Kernel, from: Address, size: number): Address => {
  if (from === 0) return 0;
  const made = k.heap.kmalloc(size, GFP_KERNEL);
  k.memory.write(made, k.memory.bytes(from, size));
  return made;
};
/** Takes a copy. */
export const setPlatformResources = (k: Kernel, pdev: Address, from: Address, count: number): void => {
  const view = k.struct("platform_device", pdev);
  const made = copy(k, from, k.sizeOf("resource") * count);
  k.heap.kfree(view.resource);
  view.resource = made;
  view.num_resources = count;
};
/** Takes a copy. */
export const setPlatformData = (k: Kernel, pdev: Address, from: Address, size: number): void => {
  const view = k.struct("platform_device", pdev).dev;
  const made = copy(k, from, size);
  k.heap.kfree(view.platform_data);
  view.platform_data = made;
};
