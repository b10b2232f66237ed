/** The platform bus (drivers/base/platform.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { ENXIO, EPROBE_DEFER } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceMessage } from "./message.ts";

/** What the driver core asks of the one bus whose functions are the kernel's own. */
export interface Platform {
  /** `platform_bus_type`, 0 while no module uses it. */
  bus(): Address;
  matches(device: Address, driver: Address): boolean;
  probe(device: Address, driver: Address): Routine<number>;
  remove(device: Address, driver: Address): Routine<void>;
  shutdown(device: Address, driver: Address): Routine<void>;
  /** Notes a device that platform_device_alloc made. */
  own(device: Address): void;
  /** platform_device_release(); false when the module made the device itself. */
  release(device: Address): boolean;
}

const ID_SIZE = 32;
const MAX_IDS = 4096;

export const createPlatform = (k: Kernel): Platform => {
  const pdevOf = (device: Address): Address => device - k.offsetOf("platform_device", "dev");
  const pdrvOf = (driver: Address): Address => driver - k.offsetOf("platform_driver", "driver");
  const text = (at: Address): string => (at === 0 ? "" : k.memory.cstring(at, 256));
  const matchId = (pdev: Address, table: Address): boolean => {
    const name = text(k.struct("platform_device", pdev).name);
    for (let index = 0; index < MAX_IDS; index += 1) {
      const id = table + index * ID_SIZE;
      const known = k.memory.cstring(id, 20);
      if (known === "") return false;
      if (known !== name) continue;
      k.struct("platform_device", pdev).id_entry = id;
      return true;
    }
    return false;
  };
  const owned = k.journal.set<Address>();
  return {
    own: (device) => owned.add(device),
    release(device) {
      if (!owned.delete(device)) return false;
      const view = k.struct("platform_device", pdevOf(device));
      for (const each of [view.dev.platform_data, view.mfd_cell, view.resource, view.driver_override])
        k.heap.kfree(each);
      k.heap.kfree(pdevOf(device));
      return true;
    },
    bus: () => k.profile.symbol("platform_bus_type")?.address ?? 0,
    matches(device, driver) {
      const pdev = pdevOf(device);
      const view = k.struct("platform_device", pdev);
      const name = text(k.struct("device_driver", driver).name);
      if (view.driver_override !== 0) return text(view.driver_override) === name;
      const { id_table } = k.struct("platform_driver", pdrvOf(driver));
      if (id_table !== 0) return matchId(pdev, id_table);
      return text(view.name) === name;
    },
    *probe(device, driver) {
      const { probe, prevent_deferred_probe: isOnce } = k.struct("platform_driver", pdrvOf(driver));
      if (probe === 0) return 0;
      const result = asInt(yield* k.call(probe, pdevOf(device)));
      if (isOnce && result === -EPROBE_DEFER) {
        deviceMessage(k, 4, device, "probe deferral not supported");
        return -ENXIO;
      }
      return result > 0 ? -ENXIO : result;
    },
    *shutdown(device, driver) {
      const { shutdown } = k.struct("platform_driver", pdrvOf(driver));
      if (shutdown !== 0) yield* k.call(shutdown, pdevOf(device));
    },
    *remove(device, driver) {
      const { remove, remove_new: quiet } = k.struct("platform_driver", pdrvOf(driver));
      if (quiet !== 0) yield* k.call(quiet, pdevOf(device));
      else if (remove !== 0 && BigInt.asIntN(32, yield* k.call(remove, pdevOf(device))) !== 0n)
        deviceMessage(k, 4, device, "remove callback returned a non-zero value. This will be ignored.");
    },
  };
};
