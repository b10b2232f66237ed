/** A bus tells those who listen of its devices and their drivers (include/linux/device/bus.h). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { callNotifiers } from "../notifier.ts";
import type { Routine } from "../routine.ts";

export const BUS_NOTIFY = {
  ADD_DEVICE: 1,
  DEL_DEVICE: 2,
  REMOVED_DEVICE: 3,
  BIND_DRIVER: 4,
  BOUND_DRIVER: 5,
  UNBIND_DRIVER: 6,
  UNBOUND_DRIVER: 7,
  DRIVER_NOT_BOUND: 8,
} as const;

/** Where the first block of the bus's chain is noted; 0 for a bus that is not registered. */
export const busNotifiers = (k: Kernel, bus: Address): Address => {
  const { p } = k.struct("bus_type", bus);
  return p === 0 ? 0 : p + k.offsetOf("subsys_private", "bus_notifier.head");
};

export function* notifyBus(k: Kernel, device: Address, action: keyof typeof BUS_NOTIFY): Routine<void> {
  const { bus } = k.struct("device", device);
  if (!k.driverCore.buses.has(bus)) return;
  yield* callNotifiers(k.memory, busNotifiers(k, bus), BUS_NOTIFY[action], device);
}
