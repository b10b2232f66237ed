/** device_shutdown(): drivers are told that the machine goes down, the last device first (drivers/base/core.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

function* shutdown(k: Kernel, device: Address): Routine<void> {
  const { class: family, bus, driver } = k.struct("device", device);
  const before = family === 0 ? 0 : k.struct("class", family).shutdown_pre;
  if (before !== 0) yield* k.call(before, device);
  const { platform } = k.driverCore;
  if (bus !== 0 && bus === platform.bus()) {
    if (driver !== 0) yield* platform.shutdown(device, driver);
    return;
  }
  const ofBus = bus === 0 ? 0 : k.struct("bus_type", bus).shutdown;
  const own = driver === 0 ? 0 : k.struct("device_driver", driver).shutdown;
  if (ofBus !== 0) yield* k.call(ofBus, device);
  else if (own !== 0) yield* k.call(own, device);
}

export function* shutdownDevices(k: Kernel): Routine<void> {
  for (const device of [...k.driverCore.devices.keys()].toReversed()) yield* shutdown(k, device);
}
