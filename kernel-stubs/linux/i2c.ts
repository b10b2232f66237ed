/** include/linux/i2c.h, as drivers/i2c/i2c-core-base.c does it. */
import type { Address } from "../../src/base/address.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import { placeBus } from "../../src/kernel/devices/kernel-buses.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";
import { registrations } from "../registrations.ts";

const EMPTY = { partial: "no I2C bus has anything on it" };

const driverOf = (k: Kernel, { driver }: { readonly driver: Address }): Address =>
  driver + k.offsetOf("i2c_driver", "driver");

export const i2cBusType = variable("struct bus_type i2c_bus_type", (k) => void placeBus(k, "i2c_bus_type"));

export const i2cRegisterDriver = stub(
  "int i2c_register_driver(struct module *owner, struct i2c_driver *driver)",
  { ...DRIVER_FAILS, acquires: { driver: driverOf }, level: EMPTY },
  function* (k, { owner, driver }) {
    initList(k.memory, driver + k.offsetOf("i2c_driver", "clients"));
    return yield* registerBusDriver(k, {
      bus: "i2c_bus_type",
      driver: driverOf(k, { driver }),
      owner,
    });
  },
);
export const i2cDelDriver = stub(
  "void i2c_del_driver(struct i2c_driver *driver)",
  { sleeps: true, releases: { driver: driverOf }, level: EMPTY },
  function* (k, { driver }) {
    yield* unregisterDriver(k, driverOf(k, { driver }));
  },
);

export const linuxICRegistrations = registrations("no I2C bus has anything on it", [
  {
    kind: "i2c_adapter",
    add: "int i2c_add_adapter(struct i2c_adapter *adapter)",
    remove: "void i2c_del_adapter(struct i2c_adapter *adap)",
    by: { add: "adapter", remove: "adap" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
  },
]);
