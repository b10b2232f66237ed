/** include/linux/pnp.h, as drivers/pnp/driver.c does it. */
import type { Address } from "../../src/base/address.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";

const EMPTY = { partial: "no plug-and-play device is offered" };

const driverOf = (k: Kernel, { drv }: { readonly drv: Address }): Address =>
  drv + k.offsetOf("pnp_driver", "driver");

export const pnpRegisterDriver = stub(
  "int pnp_register_driver(struct pnp_driver *drv)",
  { ...DRIVER_FAILS, acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { drv }) {
    const name = k.memory.pointer(drv + k.offsetOf("pnp_driver", "name"));
    const driver = driverOf(k, { drv });
    return yield* registerBusDriver(k, { bus: "pnp_bus_type", driver, owner: 0, name });
  },
);
export const pnpUnregisterDriver = stub(
  "void pnp_unregister_driver(struct pnp_driver *drv)",
  { sleeps: true, releases: { driver: driverOf }, level: EMPTY },
  function* (k, { drv }) {
    yield* unregisterDriver(k, driverOf(k, { drv }));
  },
);
