/** Drivers of a bus and their files (drivers/base/driver.c, bus.c). */
import type { Address } from "../../base/address.ts";
import { EBUSY, EINVAL, ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { attributeFile } from "../vfs/attribute-file.ts";
import { attachDriver, bind, matches, releaseDriver } from "./binding.ts";
import { busOf, newDirectory } from "./bus.ts";
import { deviceKobject } from "./device-members.ts";
import { readyBus } from "./kernel-buses.ts";
import { addGroups, removeGroups } from "./groups.ts";

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
  yield* readyBus(k, view.bus);
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
