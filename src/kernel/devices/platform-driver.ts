/** Drivers of the platform bus (drivers/base/platform.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL, ENODEV, ENXIO } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { registerDriver, unregisterDriver } from "./driver.ts";
import { kernelBus } from "./kernel-buses.ts";
import { addOwnDevice } from "./platform-own.ts";

export const driverOf = (k: Kernel, { drv }: { readonly drv: Address }): Address =>
  drv + k.offsetOf("platform_driver", "driver");

/** __platform_driver_register() */
export function* registerPlatformDriver(k: Kernel, drv: Address, owner: Address): Routine<void> {
  const driver = driverOf(k, { drv });
  const view = k.struct("device_driver", driver);
  view.owner = owner;
  view.bus = yield* kernelBus(k, "platform_bus_type");
  if (view.name !== 0) yield* addOwnDevice(k, k.memory.cstring(view.name, 256));
  yield* registerDriver(k, driver);
}

/** enum probe_type (include/linux/device/driver.h) */
const PREFER_ASYNCHRONOUS = 1;
const FORCE_SYNCHRONOUS = 2;

/** __platform_driver_probe(): devices are offered now or never. Errno ENODEV when it takes none. */
export function* probePlatformDriver(k: Kernel, drv: Address, probe: Address, owner: Address): Routine<void> {
  const driver = driverOf(k, { drv });
  const view = k.struct("device_driver", driver);
  if (view.probe_type === PREFER_ASYNCHRONOUS) {
    const name = k.memory.cstring(view.name, 256);
    k.printk(3, `${name}: drivers registered with __platform_driver_probe can not be probed asynchronously`);
    throw new Errno(EINVAL);
  }
  view.probe_type = FORCE_SYNCHRONOUS;
  view.suppress_bind_attrs = true;
  k.struct("platform_driver", drv).prevent_deferred_probe = true;
  const place = drv + k.offsetOf("platform_driver", "probe");
  k.memory.setPointer(place, probe);
  yield* registerPlatformDriver(k, drv, owner);
  k.memory.setPointer(
    place,
    k.hostCode.address("platform_probe_fail", () => -ENXIO),
  );
  const isBound = [...k.driverCore.devices.keys()].some(
    (device) => k.struct("device", device).driver === driver,
  );
  if (isBound) return;
  yield* unregisterDriver(k, driver);
  throw new Errno(ENODEV);
}
