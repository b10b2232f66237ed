/** Devices that the user of the sandbox describes: they are on the platform bus as board code would put them there. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";
import type { DeviceModel } from "./model.ts";
import { allocatePlatformDevice, setPlatformData, setPlatformResources } from "./platform-alloc.ts";
import { addOrPut, deletePlatformDevice, pdevDevice } from "./platform-bus.ts";
import { type PropertyValue, writeProperties } from "./properties.ts";
import { IORESOURCE } from "./resources.ts";
import { createManagedNode } from "./swnode-device.ts";

export type DeclaredResource =
  /** Registers at physical addresses, or ports; `model` answers there. */
  | {
      readonly kind: "mem" | "io";
      readonly start: number;
      readonly size: number;
      readonly name?: string;
      readonly model?: DeviceModel;
    }
  | { readonly kind: "irq"; readonly irq: number; readonly name?: string };

export interface DeclaredDevice {
  /** What a driver's name or id table must say. */
  readonly name: ByteString;
  /** Behind the name ("name.3"); none when left out. */
  readonly id?: number;
  readonly resources?: readonly DeclaredResource[];
  /** What device_property_read_*() finds. Numbers beyond 32 bits are 64-bit properties. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  /** dev_get_platdata() points to a copy. */
  readonly platformData?: Uint8Array;
}

const DEVID_NONE = -1;

const claim = (k: Kernel, device: ByteString, resource: DeclaredResource): void => {
  if (resource.kind === "irq" || resource.model === undefined) return;
  const { start, size, model, name = device } = resource;
  if (resource.kind === "mem") k.io.claim({ name, start, size, model });
  else k.ports.claim({ name, start, size, model });
};

/** Writes a struct resource array to guest memory. */
const writeResources = (k: Kernel, at: Address, resources: readonly DeclaredResource[]): void => {
  resources.forEach((each, index) => {
    const view = k.struct("resource", at + index * k.sizeOf("resource"));
    const start = BigInt(each.kind === "irq" ? each.irq : each.start);
    view.start = start;
    view.end = each.kind === "irq" ? start : start + BigInt(each.size) - 1n;
    view.flags = { irq: IORESOURCE.IRQ, mem: IORESOURCE.MEM, io: IORESOURCE.IO }[each.kind];
    view.name = each.name === undefined ? 0 : k.driverCore.texts.of(each.name);
  });
};

function* giveProperties(
  k: Kernel,
  device: Address,
  values: Readonly<Record<string, PropertyValue>>,
): Routine<void> {
  const table = writeProperties(k, values);
  yield* createManagedNode(k, device, { properties: table, parent: 0 });
  k.heap.kfree(table);
}

/**
 * Puts a device on the platform bus; a driver that is there already is probed. Answers with its
 * struct platform_device. Errno EBUSY when its addresses are taken, EEXIST when its name is.
 */
export function* declareDevice(k: Kernel, declared: DeclaredDevice): Routine<Address> {
  const { name, id = DEVID_NONE, resources = [], properties, platformData } = declared;
  for (const each of resources) claim(k, name, each);
  const pdev = allocatePlatformDevice(k, name, id);
  const size = Math.max(k.sizeOf("resource") * resources.length, platformData?.length ?? 0, 1);
  const room = k.heap.kmalloc(size, GFP_KERNEL);
  k.memory.fill(room, 0, size);
  writeResources(k, room, resources);
  if (resources.length > 0) setPlatformResources(k, pdev, room, resources.length);
  if (platformData !== undefined) {
    k.memory.write(room, platformData);
    setPlatformData(k, pdev, room, platformData.length);
  }
  k.heap.kfree(room);
  if (properties !== undefined) yield* giveProperties(k, pdevDevice(k, pdev), properties);
  yield* addOrPut(k, pdev);
  return pdev;
}

/** Takes it off again: its driver lets go of it first. */
export function* withdrawDevice(k: Kernel, pdev: Address): Routine<void> {
  yield* deletePlatformDevice(k, pdev);
  yield* k.driverCore.kobjects.put(deviceKobject(k, pdevDevice(k, pdev)));
}
