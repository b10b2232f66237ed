/** Drivers for the kernel's own buses: their registration (drivers/base/driver.c). */
import type { Address } from "../src/base/address.ts";
import { registerDriver } from "../src/kernel/devices/driver.ts";
import { type KernelBus, kernelBus } from "../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../src/kernel/kernel.ts";
import type { Routine } from "../src/kernel/routine.ts";

export const DRIVER_FAILS = { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true } as const;

export interface NewDriver {
  readonly bus: KernelBus;
  /** struct device_driver. */
  readonly driver: Address;
  readonly owner: Address;
  /** Where the bus's own struct has the name. */
  readonly name?: Address;
}

/** Puts a driver on a bus; EBUSY where there is one of that name. */
export function* registerBusDriver(k: Kernel, { bus, driver, owner, name }: NewDriver): Routine<number> {
  const view = k.struct("device_driver", driver);
  if (name !== undefined) view.name = name;
  if (owner !== 0) view.owner = owner;
  view.bus = yield* kernelBus(k, bus);
  yield* registerDriver(k, driver);
  return 0;
}
