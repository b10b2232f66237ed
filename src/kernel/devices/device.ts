/** struct device (drivers/base/core.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL, ENODEV, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList } from "../data/guest-list.ts";
import { putText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex } from "../locks/initialise.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { attributeFile } from "../vfs/attribute-file.ts";
import { kernelMajor, kernelMinor } from "../vfs/node.ts";
import { probeDevice } from "./binding.ts";
import { addDeviceToBus, removeDeviceFromBus } from "./bus.ts";
import { notifyBus } from "./bus-notify.ts";
import { tellInterfaces } from "./class-interfaces.ts";
import { deviceKobject } from "./device-members.ts";
import { createNode, removeNode } from "./device-node.ts";
import { addGroups, removeGroups } from "./groups.ts";
import { readyBus } from "./kernel-buses.ts";
import { releaseInput } from "../input/core.ts";
import { addPowerFiles } from "./power.ts";
import { initialiseRuntime } from "./runtime-pm.ts";
import { claimNode, disclaimNode, notifyNode, notifyNodeRemoved } from "./swnode-device.ts";
import { deviceVariables } from "./uevent.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";

/** device_initialize(). */
export const initialiseDevice = (k: Kernel, device: Address): void => {
  const { kobjects } = k.driverCore;
  const view = k.struct("device", device);
  view.kobj.kset = kobjects.known("/devices") - k.offsetOf("kset", "kobj");
  kobjects.init(deviceKobject(k, device), kobjects.ktype("device"));
  initList(k.memory, device + k.offsetOf("device", "dma_pools"));
  initList(k.memory, device + k.offsetOf("device", "devres_head"));
  initMutex(k, device + k.offsetOf("device", "mutex"));
  view.numa_node = -1;
  initialiseRuntime(k, device);
};

/** The directory a device's own goes into: device_add's get_device_parent(). */
function* parentDirectory(k: Kernel, device: Address): Routine<{ parent: Address; glue: Address }> {
  const { kobjects, devices } = k.driverCore;
  const view = k.struct("device", device);
  const up = view.parent === 0 ? 0 : deviceKobject(k, view.parent);
  const top = view.bus !== 0 && view.bus === k.driverCore.platform.bus() ? "/devices/platform" : "/devices";
  if (view.class === 0) return { parent: up === 0 ? kobjects.known(top) : up, glue: 0 };
  const name = k.memory.cstring(k.struct("class", view.class).name, 256);
  if (up !== 0 && k.struct("device", view.parent).class !== 0) return { parent: up, glue: 0 };
  for (const [other, state] of devices.entries()) {
    const each = k.struct("device", other);
    if (state.glue !== 0 && each.parent === view.parent && each.class === view.class)
      return { parent: kobjects.get(state.glue), glue: state.glue };
  }
  const above = up === 0 ? kobjects.known("/devices/virtual") : up;
  const glue = yield* kobjects.make(name, above);
  if (glue === 0) throw new Errno(ENOMEM);
  return { parent: glue, glue };
}

const ownFile = (k: Kernel, device: Address, name: "uevent" | "dev", mode: number): void => {
  const { devt } = k.struct("device", device);
  function* text(): Routine<ByteString> {
    if (name === "dev") return `${kernelMajor(devt)}:${kernelMinor(devt)}\n`;
    return (yield* deviceVariables(k, device)).map((each) => `${each}\n`).join("");
  }
  k.vfs.sysfs.addFile(deviceKobject(k, device), {
    name,
    mode,
    attribute: 0,
    operations: attributeFile(k, {
      *show(page) {
        return putText(k.memory, page, (yield* text()).slice(0, 4095));
      },
      *store(_page, length) {
        return length;
      },
    }),
  });
};

const linkToClass = (k: Kernel, device: Address): void => {
  const view = k.struct("device", device);
  const family = k.driverCore.classes.get(view.class);
  const kobject = deviceKobject(k, device);
  if (family === undefined) return;
  const { sysfs } = k.vfs;
  sysfs.link(kobject, "subsystem", family.kobject);
  if (view.parent !== 0) sysfs.link(kobject, "device", deviceKobject(k, view.parent));
  sysfs.link(family.kobject, k.driverCore.kobjects.name(kobject), kobject);
};

const groupTables = (k: Kernel, device: Address): Address[] => {
  const view = k.struct("device", device);
  const family = view.class === 0 ? 0 : k.struct("class", view.class).dev_groups;
  const type = view.type === 0 ? 0 : k.struct("device_type", view.type).groups;
  return [family, type, view.groups].filter((table) => table !== 0);
};

const numberName = (devt: number): ByteString => `${kernelMajor(devt)}:${kernelMinor(devt)}`;

/** Settles the name: init_name, or the bus's with the device's number. */
const nameDevice = (k: Kernel, device: Address): void => {
  const { kobjects } = k.driverCore;
  const view = k.struct("device", device);
  const kobject = deviceKobject(k, device);
  if (view.init_name !== 0) {
    kobjects.tryName(kobject, k.memory.cstring(view.init_name, 256));
    view.init_name = 0;
  }
  const prefix = view.bus === 0 ? 0 : k.struct("bus_type", view.bus).dev_name;
  if (view.kobj.name === 0 && prefix !== 0)
    kobjects.tryName(kobject, `${k.memory.cstring(prefix, 256)}${view.id}`);
  if (view.kobj.name === 0) throw new Errno(EINVAL);
};

/** device_add(). */
export function* addDevice(k: Kernel, device: Address): Routine<void> {
  const { kobjects, devices } = k.driverCore;
  const view = k.struct("device", device);
  const kobject = deviceKobject(k, device);
  view.p = k.heap.internal(new Uint8Array(k.sizeOf("device_private")));
  k.struct("device_private", view.p).device = device;
  const undo: (() => Routine<void>)[] = [];
  try {
    yield* readyBus(k, view.bus);
    nameDevice(k, device);
    if (view.parent !== 0) kobjects.get(deviceKobject(k, view.parent));
    const { parent, glue } = yield* parentDirectory(k, device);
    undo.unshift(() => kobjects.put(glue));
    view.kobj.parent = parent;
    yield* kobjects.add(kobject);
    undo.unshift(() => kobjects.del(kobject));
    notifyNode(k, device);
    undo.unshift(() => notifyNodeRemoved(k, device));
    ownFile(k, device, "uevent", 0o644);
    linkToClass(k, device);
    undo.unshift(function* () {
      unlinkFromClass(k, device);
    });
    for (const table of groupTables(k, device)) yield* addGroups(k, kobject, table);
    yield* addDeviceToBus(k, device);
    addPowerFiles(k, kobject);
    const node = yield* addNumber(k, device);
    devices.set(device, { node, glue });
    yield* notifyBus(k, device, "ADD_DEVICE");
    yield* deviceVariables(k, device);
    view.kobj.state_add_uevent_sent = 1;
    claimNode(k, device);
  } catch (error) {
    for (const step of undo) yield* step();
    if (view.parent !== 0) yield* kobjects.put(deviceKobject(k, view.parent));
    k.heap.kfree(view.p);
    view.p = 0;
    throw error;
  }
  yield* probeDevice(k, device);
  yield* tellInterfaces(k, device, "add_dev");
}

/** The number's file, link and node; the node's name. */
function* addNumber(k: Kernel, device: Address): Routine<ByteString> {
  const { devt } = k.struct("device", device);
  if (kernelMajor(devt) === 0) return "";
  ownFile(k, device, "dev", 0o444);
  k.vfs.sysfs.link(k.driverCore.kobjects.known("/dev/char"), numberName(devt), deviceKobject(k, device));
  return yield* createNode(k, device);
}

const unlinkFromClass = (k: Kernel, device: Address): void => {
  const family = k.driverCore.classes.get(k.struct("device", device).class);
  if (family !== undefined)
    k.vfs.sysfs.unlink(family.kobject, k.driverCore.kobjects.name(deviceKobject(k, device)));
};

/** device_del(). */
export function* deleteDevice(k: Kernel, device: Address): Routine<void> {
  const { kobjects, devices } = k.driverCore;
  const state = devices.get(device);
  if (state === undefined) return;
  const view = k.struct("device", device);
  disclaimNode(k, device);
  const kobject = deviceKobject(k, device);
  yield* notifyBus(k, device, "DEL_DEVICE");
  if (kernelMajor(view.devt) !== 0) {
    removeNode(k, state.node);
    k.vfs.sysfs.unlink(kobjects.known("/dev/char"), numberName(view.devt));
  }
  unlinkFromClass(k, device);
  yield* tellInterfaces(k, device, "remove_dev");
  yield* removeDeviceFromBus(k, device);
  for (const table of groupTables(k, device)) yield* removeGroups(k, kobject, table);
  yield* notifyNodeRemoved(k, device);
  devices.delete(device);
  yield* notifyBus(k, device, "REMOVED_DEVICE");
  yield* deviceVariables(k, device);
  const parent = view.parent;
  yield* kobjects.del(kobject);
  if (state.glue !== 0) yield* kobjects.put(state.glue);
  if (parent !== 0) yield* kobjects.put(deviceKobject(k, parent));
}

/** device_release(): what the last put_device does. */
export function* releaseDevice(k: Kernel, kobject: Address): Routine<void> {
  const device = kobject - k.offsetOf("device", "kobj");
  const view = k.struct("device", device);
  const type = view.type === 0 ? 0 : k.struct("device_type", view.type).release;
  const family = view.class === 0 ? 0 : k.struct("class", view.class).dev_release;
  const release = view.release || type || family;
  const p = view.p;
  if (k.driverCore.created.has(device)) {
    k.driverCore.created.delete(device);
    k.heap.kfree(device);
  } else if (k.driverCore.platform.release(device) || releaseInput(k, device)) {
    // Nothing more: it was the kernel's.
  } else if (release !== 0) yield* k.call(release, device);
  else {
    const name = k.driverCore.kobjects.name(kobject);
    k.traces.warn(WARN_SITES.deviceRelease, {
      message: `Device '${name}' does not have a release() function, it is broken and must be fixed. See Documentation/core-api/kobject.rst.`,
    });
  }
  if (p !== 0) k.heap.kfree(p);
}

export interface NewDevice {
  readonly class: Address;
  readonly parent: Address;
  readonly devt: number;
  readonly data: Address;
  readonly groups: Address;
  readonly name: ByteString;
}

/** A device in the kernel's own memory, which its last reference frees. ENOMEM. */
export const newDevice = (k: Kernel, size: number): Address => {
  const device = k.heap.kmalloc(size, GFP_KERNEL);
  if (device === 0) throw new Errno(ENOMEM);
  initialiseDevice(k, device);
  k.driverCore.created.add(device);
  return device;
};

export function* addCreated(k: Kernel, device: Address, name: ByteString): Routine<void> {
  const { kobjects } = k.driverCore;
  try {
    kobjects.setName(deviceKobject(k, device), name);
    yield* addDevice(k, device);
  } catch (error) {
    yield* kobjects.put(deviceKobject(k, device));
    throw error;
  }
}

/** device_create(): a device of the kernel's memory. */
export function* createDevice(k: Kernel, wanted: NewDevice): Routine<Address> {
  if (wanted.class === 0) throw new Errno(ENODEV);
  const device = newDevice(k, k.sizeOf("device"));
  const view = k.struct("device", device);
  view.devt = wanted.devt;
  view.class = wanted.class;
  view.parent = wanted.parent;
  view.groups = wanted.groups;
  view.driver_data = wanted.data;
  yield* addCreated(k, device, wanted.name);
  return device;
}

/** device_destroy(): the class's device of that number. */
export function* destroyDevice(k: Kernel, family: Address, devt: number): Routine<void> {
  for (const device of k.driverCore.devices.keys()) {
    const view = k.struct("device", device);
    if (view.class !== family || view.devt !== devt) continue;
    yield* unregisterDevice(k, device);
    return;
  }
}

export function* unregisterDevice(k: Kernel, device: Address): Routine<void> {
  yield* deleteDevice(k, device);
  yield* k.driverCore.kobjects.put(deviceKobject(k, device));
}
