/** Transport classes: devices of a class for each device that a container matches (drivers/base/attribute_container.c, transport_class.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { addTail, entries, initList, removeInit } from "../data/guest-list.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";
import { addDevice, deleteDevice, initialiseDevice } from "./device.ts";
import { addAttribute, addGroup, removeAttribute, removeGroup } from "./groups.ts";

const CONTAINER = "attribute_container";
const NO_CLASSDEVS = 1n;
const MOST_ATTRIBUTES = 1000;

/** attribute_container_list */
const containerList = (k: Kernel): Address => k.statics.list("attribute containers");
const containers = (k: Kernel): Address[] =>
  [...entries(k.memory, containerList(k))].map((entry) => entry - k.offsetOf(CONTAINER, "node"));
const pointer = (k: Kernel, container: Address, field: string): Address =>
  k.memory.pointer(at(k, CONTAINER, container, field));
const isAnonymous = (k: Kernel, container: Address): boolean =>
  (k.memory.u64(at(k, CONTAINER, container, "flags")) & NO_CLASSDEVS) !== 0n;

export const registerContainer = (k: Kernel, container: Address): void => {
  initList(k.memory, at(k, CONTAINER, container, "containers.k_list"));
  addTail(k.memory, at(k, CONTAINER, container, "node"), containerList(k));
};
/** False while it has devices. */
export const unregisterContainer = (k: Kernel, container: Address): boolean => {
  const held = entries(k.memory, at(k, CONTAINER, container, "containers.k_list")).next().done !== true;
  if (!held) removeInit(k.memory, at(k, CONTAINER, container, "node"));
  return !held;
};

/** struct internal_container: a klist_node, the container, and the device of its class. */
const ownerAt = (k: Kernel, internal: Address): Address => internal + k.sizeOf("klist_node");
const deviceAt = (k: Kernel, internal: Address): Address => ownerAt(k, internal) + 8;
export const containerOf = (k: Kernel, device: Address): Address => k.memory.pointer(device - 8);

function* matches(k: Kernel, container: Address, device: Address): Routine<boolean> {
  const match = pointer(k, container, "match");
  return match !== 0 && asInt(yield* k.call(match, container, device)) !== 0;
}
/** Devices of the container's class for `device`. */
const classDevices = (k: Kernel, container: Address, device: Address): Address[] =>
  [...entries(k.memory, at(k, CONTAINER, container, "containers.k_list"))]
    .map((entry) => deviceAt(k, entry - k.offsetOf("klist_node", "n_node")))
    .filter((each) => k.struct("device", each).parent === device);

type Act = (container: Address, classDevice: Address) => Routine<void>;

/** attribute_container_device_trigger() */
export function* trigger(k: Kernel, device: Address, act: Act): Routine<void> {
  for (const container of containers(k)) {
    if (!(yield* matches(k, container, device))) continue;
    if (isAnonymous(k, container)) yield* act(container, 0);
    else for (const each of classDevices(k, container, device)) yield* act(container, each);
  }
}

/** attribute_container_add_device() */
export function* addClassDevices(k: Kernel, device: Address, act: Act): Routine<void> {
  const { kobjects } = k.driverCore;
  for (const container of containers(k)) {
    if (isAnonymous(k, container) || !(yield* matches(k, container, device))) continue;
    const internal = k.heap.internal(new Uint8Array(k.sizeOf("klist_node") + 8 + k.sizeOf("device")));
    const made = deviceAt(k, internal);
    const family = pointer(k, container, "class");
    k.memory.setPointer(ownerAt(k, internal), container);
    initialiseDevice(k, made);
    kobjects.get(deviceKobject(k, device));
    point(k, "device", made, "parent", device);
    point(k, "device", made, "class", family);
    const release = k.hostCode.address("attribute_container_release", (gone = 0) => freeClassDevice(k, gone));
    point(k, "class", family, "dev_release", release);
    kobjects.setName(deviceKobject(k, made), kobjects.name(deviceKobject(k, device)));
    yield* act(container, made);
    const node = internal + k.offsetOf("klist_node", "n_node");
    addTail(k.memory, node, at(k, CONTAINER, container, "containers.k_list"));
  }
}
function* freeClassDevice(k: Kernel, device: Address): Routine<number> {
  const { parent } = k.struct("device", device);
  k.heap.kfree(device - 8 - k.sizeOf("klist_node"));
  yield* k.driverCore.kobjects.put(deviceKobject(k, parent));
  return 0;
}
/** attribute_container_remove_device() */
export function* removeClassDevices(k: Kernel, device: Address, act: Act): Routine<void> {
  for (const container of containers(k)) {
    if (isAnonymous(k, container) || !(yield* matches(k, container, device))) continue;
    for (const each of classDevices(k, container, device)) {
      const internal = each - 8 - k.sizeOf("klist_node");
      removeInit(k.memory, internal + k.offsetOf("klist_node", "n_node"));
      yield* act(container, each);
    }
  }
}

/** Addresses of a container's own attributes. */
function* attributes(k: Kernel, container: Address): Generator<Address> {
  const list = pointer(k, container, "attrs");
  for (let index = 0; list !== 0 && index < MOST_ATTRIBUTES; index += 1) {
    const attribute = k.memory.pointer(list + index * 8);
    if (attribute === 0) return;
    yield attribute;
  }
}
/** attribute_container_add_class_device(): into sysfs. Errno EEXIST, ENOMEM. */
export function* publish(k: Kernel, container: Address, device: Address): Routine<void> {
  yield* addDevice(k, device);
  const group = pointer(k, container, "grp");
  const kobject = deviceKobject(k, device);
  if (group !== 0) yield* addGroup(k, kobject, group);
  else for (const attribute of attributes(k, container)) addAttribute(k, kobject, attribute);
}
/** attribute_container_class_device_del() */
export function* withdraw(k: Kernel, container: Address, device: Address): Routine<void> {
  const group = pointer(k, container, "grp");
  const kobject = deviceKobject(k, device);
  if (group !== 0) removeGroup(k, kobject, group);
  else for (const attribute of attributes(k, container)) removeAttribute(k, kobject, attribute);
  yield* deleteDevice(k, device);
}

/** The transport class around the class of a container, and one of its functions. */
export const transportFunction = (
  k: Kernel,
  container: Address,
  name: "setup" | "configure" | "remove",
): Address => {
  const transport = pointer(k, container, "class") - k.offsetOf("transport_class", "class");
  return k.memory.pointer(at(k, "transport_class", transport, name));
};
/** struct transport_container has the attribute container first. */
export function* callTransport(
  k: Kernel,
  name: "setup" | "configure" | "remove",
  container: Address,
  devices: readonly [device: Address, classDevice: Address],
): Routine<number> {
  const fn = transportFunction(k, container, name);
  return fn === 0 ? 0 : asInt(yield* k.call(fn, container, ...devices));
}
export const statisticsOf = (k: Kernel, container: Address): Address =>
  k.memory.pointer(container + k.offsetOf("transport_container", "statistics"));
