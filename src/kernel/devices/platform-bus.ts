/** platform_bus_type and devices on it (drivers/base/platform.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { kernelBus } from "./kernel-buses.ts";
import { hostArgs } from "../../abi/varargs.ts";
import { EBUSY } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { format } from "../printf/format.ts";
import { deviceKobject } from "./device-members.ts";
import { addDevice, deleteDevice, initialiseDevice } from "./device.ts";
import { deviceMessage } from "./message.ts";
import { IORESOURCE } from "./resources.ts";

const DEVID_NONE = -1;
const DEVID_AUTO = -2;

export const pdevDevice = (k: Kernel, pdev: Address): Address => pdev + k.offsetOf("platform_device", "dev");

/** setup_pdev_dma_masks(), device_initialize(). */
export const initialisePlatformDevice = (k: Kernel, pdev: Address): void => {
  initialiseDevice(k, pdevDevice(k, pdev));
  const view = k.struct("platform_device", pdev);
  if (view.dev.coherent_dma_mask === 0n) view.dev.coherent_dma_mask = 0xffff_ffffn;
  if (view.dev.dma_mask === 0) {
    view.platform_dma_mask = 0xffff_ffffn;
    view.dev.dma_mask = pdev + k.offsetOf("platform_device", "platform_dma_mask");
  }
};

const pickId = (k: Kernel): number => {
  const taken = new Set<number>();
  for (const device of k.driverCore.devices.keys()) {
    if (k.struct("device", device).bus !== k.driverCore.platform.bus()) continue;
    const pdev = k.struct("platform_device", device - k.offsetOf("platform_device", "dev"));
    if (pdev.id_auto) taken.add(pdev.id);
  }
  let id = 0;
  while (taken.has(id)) id += 1;
  return id;
};

/** platform_device_add(): names it and hands it to its bus. */
export function* addPlatformDevice(k: Kernel, pdev: Address): Routine<void> {
  const bus = yield* kernelBus(k, "platform_bus_type");
  const view = k.struct("platform_device", pdev);
  const device = pdevDevice(k, pdev);
  k.struct("device", device).bus = bus;
  const base: ByteString = k.memory.cstring(view.name, 256);
  let name = base;
  if (view.id === DEVID_AUTO) {
    view.id = pickId(k);
    view.id_auto = true;
    name = `${base}.${view.id}.auto`;
  } else if (view.id !== DEVID_NONE) name = `${base}.${view.id}`;
  k.driverCore.kobjects.tryName(deviceKobject(k, device), name);
  const claimed: Address[] = [];
  try {
    claimResources(k, pdev, claimed);
    yield* addDevice(k, device);
  } catch (error) {
    for (const each of claimed.toReversed()) k.driverCore.resources.release(each);
    throw error;
  }
}

/** platform_device_add(); a device that cannot be added loses the reference of whoever made it. */
export function* addOrPut(k: Kernel, pdev: Address): Routine<void> {
  try {
    yield* addPlatformDevice(k, pdev);
  } catch (error) {
    yield* k.driverCore.kobjects.put(deviceKobject(k, pdevDevice(k, pdev)));
    throw error;
  }
}

/** The device's resources, in memory. */
export const resourcesOf = (k: Kernel, pdev: Address): Address[] => {
  const view = k.struct("platform_device", pdev);
  const count = Math.min(view.num_resources, MAX_RESOURCES);
  return Array.from({ length: count }, (_, index) => view.resource + index * k.sizeOf("resource"));
};
const MAX_RESOURCES = 4096;

/** Ports and addresses go into the machine's trees. EBUSY, with a complaint. */
const claimResources = (k: Kernel, pdev: Address, claimed: Address[]): void => {
  const { resources } = k.driverCore;
  const device = pdevDevice(k, pdev);
  resourcesOf(k, pdev).forEach((each, index) => {
    const view = k.struct("resource", each);
    if (view.name === 0) view.name = k.struct("kobject", deviceKobject(k, device)).name;
    const type = view.flags & IORESOURCE.TYPE_BITS;
    let parent = view.parent;
    if (parent === 0 && type === IORESOURCE.MEM) parent = resources.root("iomem_resource");
    else if (parent === 0 && type === IORESOURCE.IO) parent = resources.root("ioport_resource");
    if (parent === 0) return;
    if (resources.insert(parent, each) !== 0) {
      const shown = format("%pR", hostArgs([each]), k.format).text;
      deviceMessage(k, 3, device, `failed to claim resource ${index}: ${shown}`);
      throw new Errno(EBUSY);
    }
    claimed.push(each);
  });
};

/** platform_device_del() */
export function* deletePlatformDevice(k: Kernel, pdev: Address): Routine<void> {
  yield* deleteDevice(k, pdevDevice(k, pdev));
  for (const each of resourcesOf(k, pdev))
    if (k.struct("resource", each).parent !== 0) k.driverCore.resources.release(each);
}
