/** Buses, drivers, and how they meet devices (drivers/base/bus.c, dd.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EBUSY, EINVAL, ENODEV, ENXIO, EPROBE_DEFER } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { attributeFile } from "../vfs/attribute-file.ts";
import { deviceKobject } from "./device-members.ts";
import type { BusState } from "./driver-core.ts";
import { addGroups, removeGroups } from "./groups.ts";
import { addPlatformFiles } from "./platform-files.ts";

const asInt = (rax: bigint): number => Number(BigInt.asIntN(32, rax));

const newDirectory = function* (
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
};

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

const busOf = (k: Kernel, bus: Address): BusState | undefined =>
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

function* matches(k: Kernel, device: Address, driver: Address): Routine<boolean> {
  const { bus } = k.struct("device", device);
  if (bus === k.driverCore.platform.bus()) return k.driverCore.platform.matches(device, driver);
  const { match } = k.struct("bus_type", bus);
  return match === 0 || asInt(yield* k.call(match, device, driver)) > 0;
}

function* callProbe(k: Kernel, device: Address, driver: Address): Routine<number> {
  const { bus } = k.struct("device", device);
  if (bus !== 0 && bus === k.driverCore.platform.bus())
    return yield* k.driverCore.platform.probe(device, driver);
  const probe = bus === 0 ? 0 : k.struct("bus_type", bus).probe;
  if (probe !== 0) return asInt(yield* k.call(probe, device));
  const own = k.struct("device_driver", driver).probe;
  return own === 0 ? 0 : asInt(yield* k.call(own, device));
}

/** Names as sysfs has them: the probe may have spoilt the guest's. */
const tellProbe = (k: Kernel, device: Address, driver: Address, returned: number): void => {
  if (!k.events.active) return;
  const nameOf = (kobject: Address): ByteString => k.vfs.sysfs.path(kobject)?.split("/").at(-1) ?? "";
  k.events.emit({ kind: "probe", device: nameOf(device), driver: nameOf(driver), returned });
};

/** really_probe(): 0 when bound. */
function* bind(k: Kernel, device: Address, driver: Address): Routine<number> {
  const { kobjects, drivers } = k.driverCore;
  const { sysfs } = k.vfs;
  const view = k.struct("device", device);
  const state = drivers.get(driver);
  const kobject = deviceKobject(k, device);
  view.driver = driver;
  if (state !== undefined) {
    sysfs.link(state.kobject, kobjects.name(kobject), kobject);
    sysfs.link(kobject, "driver", state.kobject);
  }
  const result = yield* callProbe(k, device, driver);
  tellProbe(k, kobject, state?.kobject ?? 0, result);
  if (result === 0) {
    yield* addGroups(k, kobject, k.struct("device_driver", driver).dev_groups);
    k.driverCore.deferred.delete(device);
    retryDeferred(k);
    return 0;
  }
  const name = k.memory.cstring(k.struct("device_driver", driver).name, 256);
  if (result !== -EPROBE_DEFER && result !== -ENODEV && result !== -ENXIO)
    k.printk(4, `${name}: probe of ${kobjects.name(kobject)} failed with error ${result}`);
  unlinkDriver(k, device);
  yield* leaveDriver(k, device);
  if (result === -EPROBE_DEFER) k.driverCore.deferred.add(device);
  return result;
}

/** device_unbind_cleanup() */
function* leaveDriver(k: Kernel, device: Address): Routine<void> {
  yield* k.driverCore.devres.releaseAll(device);
  const view = k.struct("device", device);
  view.driver = 0;
  view.driver_data = 0;
}

/** driver_deferred_probe_trigger(): something was bound, so what waited for it may work now. */
const retryDeferred = (k: Kernel): void => {
  const waiting = [...k.driverCore.deferred.values()];
  if (waiting.length === 0) return;
  for (const device of waiting) k.driverCore.deferred.delete(device);
  k.tasks.spawn(
    { comm: "kworker/u2:0", kind: "kthread", callers: DEFERRED_CALLERS.work },
    (function* () {
      for (const device of waiting) if (k.driverCore.devices.has(device)) yield* probeDevice(k, device);
    })(),
  );
};

const unlinkDriver = (k: Kernel, device: Address): void => {
  const { kobjects, drivers } = k.driverCore;
  const kobject = deviceKobject(k, device);
  const state = drivers.get(k.struct("device", device).driver);
  k.vfs.sysfs.unlink(kobject, "driver");
  if (state !== undefined) k.vfs.sysfs.unlink(state.kobject, kobjects.name(kobject));
};

/** device_release_driver(). */
export function* releaseDriver(k: Kernel, device: Address): Routine<void> {
  const view = k.struct("device", device);
  const { driver, bus } = view;
  if (driver === 0) return;
  yield* removeGroups(k, deviceKobject(k, device), k.struct("device_driver", driver).dev_groups);
  unlinkDriver(k, device);
  if (bus !== 0 && bus === k.driverCore.platform.bus()) yield* k.driverCore.platform.remove(device, driver);
  else {
    const busRemove = bus === 0 ? 0 : k.struct("bus_type", bus).remove;
    const remove = busRemove || k.struct("device_driver", driver).remove;
    if (remove !== 0) yield* k.call(remove, device);
  }
  yield* leaveDriver(k, device);
}

/** bus_probe_device(): the first driver that takes it. True when one did. */
export function* probeDevice(k: Kernel, device: Address): Routine<boolean> {
  const view = k.struct("device", device);
  if (view.bus === 0 || view.driver !== 0) return view.driver !== 0;
  for (const [driver, state] of k.driverCore.drivers.entries()) {
    if (state.bus !== view.bus || !(yield* matches(k, device, driver))) continue;
    if ((yield* bind(k, device, driver)) === 0) return true;
  }
  return false;
}

/** driver_attach(): offers the driver every free device of its bus. */
export function* attachDriver(k: Kernel, driver: Address): Routine<void> {
  const { bus } = k.struct("device_driver", driver);
  for (const device of k.driverCore.devices.keys()) {
    const view = k.struct("device", device);
    if (view.bus === bus && view.driver === 0 && (yield* matches(k, device, driver)))
      yield* bind(k, device, driver);
  }
}

/** bind, unbind and uevent: a device's name is written to them. */
const addDriverFiles = (k: Kernel, driver: Address, kobject: Address): void => {
  const { devices, kobjects } = k.driverCore;
  const named = (page: Address, length: number): Address | undefined => {
    const name = k.memory.cstring(page, length).trimEnd();
    const { bus } = k.struct("device_driver", driver);
    return [...devices.keys()].find(
      (each) => k.struct("device", each).bus === bus && kobjects.name(deviceKobject(k, each)) === name,
    );
  };
  const file = (name: string, store: (page: Address, length: number) => Routine<number>): void =>
    k.vfs.sysfs.addFile(kobject, {
      name,
      mode: 0o200,
      operations: attributeFile(k, { store }),
      attribute: 0,
    });
  file("uevent", function* (_page, length) {
    return length;
  });
  if (k.struct("device_driver", driver).suppress_bind_attrs) return;
  file("bind", function* (page, length) {
    const device = named(page, length);
    if (device === undefined || !(yield* matches(k, device, driver))) return -ENODEV;
    if (k.struct("device", device).driver !== 0) return -EBUSY;
    const result = yield* bind(k, device, driver);
    return result === 0 ? length : result;
  });
  file("unbind", function* (page, length) {
    const device = named(page, length);
    if (device === undefined || k.struct("device", device).driver !== driver) return -ENODEV;
    yield* releaseDriver(k, device);
    return length;
  });
};

/** driver_register(). */
export function* registerDriver(k: Kernel, driver: Address): Routine<void> {
  const { drivers, kobjects } = k.driverCore;
  const view = k.struct("device_driver", driver);
  const name = k.memory.cstring(view.name, 256);
  const bus = busOf(k, view.bus);
  if (bus === undefined) {
    k.printk(
      3,
      `Driver '${name}' was unable to register with bus_type '${view.bus === 0 ? "(null)" : k.memory.cstring(k.struct("bus_type", view.bus).name, 256)}' because the bus was not initialized.`,
    );
    throw new Errno(EINVAL);
  }
  // driver_find() looks for the name as it stands in sysfs.
  for (const state of drivers.values()) {
    if (state.bus !== view.bus || kobjects.name(state.kobject) !== name) continue;
    k.printk(3, `Error: Driver '${name}' is already registered, aborting...`);
    throw new Errno(EBUSY);
  }
  const kobject = yield* newDirectory(k, name, bus.drivers, "driver");
  view.p = k.heap.internal(new Uint8Array(k.sizeOf("driver_private")));
  drivers.set(driver, { kobject, bus: view.bus });
  addDriverFiles(k, driver, kobject);
  const module = view.owner === 0 ? undefined : k.modules.list.byStruct(view.owner);
  if (module !== undefined) {
    const mkobj = module.address + k.offsetOf("module", "mkobj");
    if (k.vfs.sysfs.has(mkobj)) k.vfs.sysfs.link(kobject, "module", mkobj);
  }
  yield* addGroups(k, kobject, k.struct("bus_type", view.bus).drv_groups);
  yield* attachDriver(k, driver);
  yield* addGroups(k, kobject, view.groups);
}

/** driver_unregister(). */
export function* unregisterDriver(k: Kernel, driver: Address): Routine<void> {
  const { drivers, devices, kobjects } = k.driverCore;
  const state = drivers.get(driver);
  if (state === undefined) return;
  const view = k.struct("device_driver", driver);
  yield* removeGroups(k, state.kobject, view.groups);
  for (const device of devices.keys()) {
    if (k.struct("device", device).driver === driver) yield* releaseDriver(k, device);
  }
  drivers.delete(driver);
  yield* kobjects.del(state.kobject);
  yield* kobjects.put(state.kobject);
  k.heap.kfree(view.p);
  view.p = 0;
}
