/** How buses bring devices and drivers together (drivers/base/dd.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { ENODEV, ENXIO, EPROBE_DEFER } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Routine } from "../routine.ts";
import { notifyBus } from "./bus-notify.ts";
import { deviceKobject } from "./device-members.ts";
import { addGroups, removeGroups } from "./groups.ts";
import { isKernelBus } from "./kernel-buses.ts";
import { matchesPci, probePci, removePci } from "./pci-driver.ts";

const isPci = (k: Kernel, bus: Address): boolean =>
  bus !== 0 && k.driverCore.kernelBuses.get("pci_bus_type") === bus;

export function* matches(k: Kernel, device: Address, driver: Address): Routine<boolean> {
  const { bus } = k.struct("device", device);
  if (bus === k.driverCore.platform.bus()) return k.driverCore.platform.matches(device, driver);
  if (isPci(k, bus)) return matchesPci(k, device, driver);
  if (isKernelBus(k, bus)) return false;
  const { match } = k.struct("bus_type", bus);
  return match === 0 || asInt(yield* k.call(match, device, driver)) > 0;
}

function* callProbe(k: Kernel, device: Address, driver: Address): Routine<number> {
  const { bus } = k.struct("device", device);
  if (bus !== 0 && bus === k.driverCore.platform.bus())
    return yield* k.driverCore.platform.probe(device, driver);
  if (isPci(k, bus)) return yield* probePci(k, device, driver);
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
export function* bind(k: Kernel, device: Address, driver: Address): Routine<number> {
  const { kobjects, drivers } = k.driverCore;
  const { sysfs } = k.vfs;
  const view = k.struct("device", device);
  const state = drivers.get(driver);
  const kobject = deviceKobject(k, device);
  view.driver = driver;
  yield* notifyBus(k, device, "BIND_DRIVER");
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
    yield* notifyBus(k, device, "BOUND_DRIVER");
    return 0;
  }
  const name = k.memory.cstring(k.struct("device_driver", driver).name, 256);
  if (result !== -EPROBE_DEFER && result !== -ENODEV && result !== -ENXIO)
    k.printk(4, `${name}: probe of ${kobjects.name(kobject)} failed with error ${result}`);
  unlinkDriver(k, device);
  yield* notifyBus(k, device, "DRIVER_NOT_BOUND");
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
  yield* notifyBus(k, device, "UNBIND_DRIVER");
  if (bus !== 0 && bus === k.driverCore.platform.bus()) yield* k.driverCore.platform.remove(device, driver);
  else if (isPci(k, bus)) yield* removePci(k, device, driver);
  else {
    const busRemove = bus === 0 ? 0 : k.struct("bus_type", bus).remove;
    const remove = busRemove || k.struct("device_driver", driver).remove;
    if (remove !== 0) yield* k.call(remove, device);
  }
  yield* leaveDriver(k, device);
  yield* notifyBus(k, device, "UNBOUND_DRIVER");
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
