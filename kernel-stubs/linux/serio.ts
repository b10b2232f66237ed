/** include/linux/serio.h, as drivers/input/serio/serio.c does it. */
import type { Address } from "../../src/base/address.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import { placeBus } from "../../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";

const EMPTY = { partial: "no serial port is ever found" };

const driverOf = (k: Kernel, { drv }: { readonly drv: Address }): Address =>
  drv + k.offsetOf("serio_driver", "driver");

export const serioBus = variable("struct bus_type serio_bus", (k) => void placeBus(k, "serio_bus"));

export const serioRegisterDriver = stub(
  "int __serio_register_driver(struct serio_driver *drv, struct module *owner, const char *mod_name)",
  { ...DRIVER_FAILS, acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { drv, owner, mod_name }) {
    const driver = driverOf(k, { drv });
    k.struct("device_driver", driver).mod_name = mod_name;
    return yield* registerBusDriver(k, { bus: "serio_bus", driver, owner });
  },
);
export const serioUnregisterDriver = stub(
  "void serio_unregister_driver(struct serio_driver *drv)",
  { sleeps: true, releases: { driver: driverOf }, level: EMPTY },
  function* (k, { drv }) {
    yield* unregisterDriver(k, driverOf(k, { drv }));
  },
);
