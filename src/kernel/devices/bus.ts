/** Buses (drivers/base/bus.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { releaseDriver } from "./binding.ts";
import { deviceKobject } from "./device-members.ts";
import type { BusState } from "./driver-core.ts";
import { addGroups, removeGroups } from "./groups.ts";
import { addPlatformFiles } from "./platform-files.ts";

/** A directory of a bus or driver. */
export function* newDirectory(
  k: Kernel,
  name: ByteString,
  parent: Address,
  kind: "bus" | "driver",
): Routine<Address> {
  const { kobjects } = k.driverCore;
  const kobject = k.heap.internal(new Uint8Array(k.sizeOf("kobject")));
  kobjects.init(kobject, kobjects.ktype(kind));
  kobjects.setName(kobject, name);
  k.struct("kobject", kobject).parent = parent;
  try {
    yield* kobjects.add(kobject);
  } catch (error) {
    if (error instanceof Errno) yield* kobjects.put(kobject);
    throw error;
  }
  return kobject;
}

/** bus_register(). */
export function* registerBus(k: Kernel, bus: Address): Routine<void> {
  const { kobjects, buses } = k.driverCore;
  const view = k.struct("bus_type", bus);
  const name = k.memory.cstring(view.name, 256);
  const kobject = yield* newDirectory(k, name, kobjects.known("/bus"), "bus");
  const devices = yield* kobjects.create("devices", kobject);
  const drivers = yield* kobjects.create("drivers", kobject);
  view.p = k.heap.internal(new Uint8Array(k.sizeOf("subsys_private")));
  k.struct("subsys_private", view.p).bus = bus;
  buses.set(bus, { kobject, devices, drivers });
  yield* addGroups(k, kobject, view.bus_groups);
}

export function* unregisterBus(k: Kernel, bus: Address): Routine<void> {
  const { kobjects, buses } = k.driverCore;
  const state = buses.get(bus);
  if (state === undefined) return;
  const view = k.struct("bus_type", bus);
  yield* removeGroups(k, state.kobject, view.bus_groups);
  for (const each of [state.drivers, state.devices, state.kobject]) {
    yield* kobjects.del(each);
    yield* kobjects.put(each);
  }
  buses.delete(bus);
  k.heap.kfree(view.p);
  view.p = 0;
}

export const busOf = (k: Kernel, bus: Address): BusState | undefined =>
  bus === 0 ? undefined : k.driverCore.buses.get(bus);

/** bus_add_device(): links, and the bus's attribute groups. */
export function* addDeviceToBus(k: Kernel, device: Address): Routine<void> {
  const view = k.struct("device", device);
  const state = busOf(k, view.bus);
  if (state === undefined) return;
  const kobject = deviceKobject(k, device);
  yield* addGroups(k, kobject, k.struct("bus_type", view.bus).dev_groups);
  if (view.bus === k.driverCore.platform.bus()) addPlatformFiles(k, device, kobject);
  k.vfs.sysfs.link(state.devices, k.driverCore.kobjects.name(kobject), kobject);
  k.vfs.sysfs.link(kobject, "subsystem", state.kobject);
}

export function* removeDeviceFromBus(k: Kernel, device: Address): Routine<void> {
  const view = k.struct("device", device);
  const state = busOf(k, view.bus);
  k.driverCore.deferred.delete(device);
  if (view.driver !== 0) yield* releaseDriver(k, device);
  if (state === undefined) return;
  k.vfs.sysfs.unlink(state.devices, k.driverCore.kobjects.name(deviceKobject(k, device)));
}
