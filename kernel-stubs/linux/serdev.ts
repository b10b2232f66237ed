/** include/linux/serdev.h, as drivers/tty/serdev/core.c does it. */
import { stub } from "../../src/stub/declare.ts";
import { DRIVER_FAILS, registerBusDriver } from "../bus-driver.ts";

const PROBE_PREFER_ASYNCHRONOUS = 1;

export const serdevDeviceDriverRegister = stub(
  "int __serdev_device_driver_register(struct serdev_device_driver *sdrv, struct module *owner)",
  {
    ...DRIVER_FAILS,
    acquires: { driver: (k, { sdrv }) => sdrv + k.offsetOf("serdev_device_driver", "driver") },
    level: { partial: "no device is behind a serial port" },
  },
  function* (k, { sdrv, owner }) {
    const driver = sdrv + k.offsetOf("serdev_device_driver", "driver");
    k.struct("device_driver", driver).probe_type = PROBE_PREFER_ASYNCHRONOUS;
    return yield* registerBusDriver(k, { bus: "serdev_bus_type", driver, owner });
  },
);
