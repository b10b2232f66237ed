/** include/linux/platform_device.h: drivers (drivers/base/platform.c). */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { unregisterDriver } from "../../src/kernel/devices/driver.ts";
import { functionText } from "../../src/kernel/oops/symbol-text.ts";
import {
  allocatePlatformDevice,
  setPlatformData,
  setPlatformResources,
} from "../../src/kernel/devices/platform-alloc.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import {
  addPlatformDevice,
  deletePlatformDevice,
  pdevDevice,
} from "../../src/kernel/devices/platform-bus.ts";
import {
  driverOf,
  probePlatformDriver,
  registerPlatformDriver,
} from "../../src/kernel/devices/platform-driver.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const REGISTERS = { fails: ["EBUSY", "EINVAL", "ENOMEM"], sleeps: true } as const;

export const platformDriverRegister = stub(
  "int __platform_driver_register(struct platform_driver *drv, struct module *owner)",
  { ...REGISTERS, acquires: { driver: driverOf } },
  function* (k, { drv, owner }) {
    yield* registerPlatformDriver(k, drv, owner);
    return 0;
  },
);
export const platformDriverUnregister = stub(
  "void platform_driver_unregister(struct platform_driver *drv)",
  { sleeps: true, releases: { driver: driverOf } },
  function* (k, { drv }) {
    yield* unregisterDriver(k, driverOf(k, { drv }));
  },
);

export const platformDriverProbe = stub(
  `int __platform_driver_probe(struct platform_driver *drv, int (*probe)(struct platform_device *),
      struct module *module)`,
  { fails: ["ENODEV", "EBUSY", "EINVAL", "ENOMEM"], sleeps: true, acquires: { driver: driverOf } },
  function* (k, { drv, probe, module }) {
    yield* probePlatformDriver(k, drv, probe, module);
    return 0;
  },
);

export const platformCreateBundle = stub(
  `struct platform_device *__platform_create_bundle(struct platform_driver *driver,
      int (*probe)(struct platform_device *), struct resource *res, unsigned int n_res, const void *data,
      size_t size, struct module *module)`,
  {
    fails: ["ENODEV", "EBUSY", "EEXIST", "EINVAL", "ENOMEM"],
    errPtr: true,
    sleeps: true,
    acquires: {
      driver: (k, { driver }) => driverOf(k, { drv: driver }),
      device: (k, _args, pdev) => pdevDevice(k, pdev),
    },
  },
  function* (k, { driver, probe, res, n_res, data, size, module }) {
    const { name } = k.struct("device_driver", driverOf(k, { drv: driver }));
    const pdev = allocatePlatformDevice(k, k.memory.cstring(name, 256), -1);
    if (pdev === 0) throw new Errno(ENOMEM);
    let isAdded = false;
    try {
      if (res !== 0) setPlatformResources(k, pdev, res, n_res);
      if (data !== 0) setPlatformData(k, pdev, data, size);
      yield* addPlatformDevice(k, pdev);
      isAdded = true;
      yield* probePlatformDriver(k, driver, probe, module);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (isAdded) yield* deletePlatformDevice(k, pdev);
      yield* k.driverCore.kobjects.put(deviceKobject(k, pdevDevice(k, pdev)));
      throw error;
    }
    return pdev;
  },
);

const MAX_COUNT = 1 << 16;

/** A list of pointers to them. */
const driversAt = (k: Kernel, drivers: Address, count: number): Address[] =>
  Array.from({ length: Math.min(count, MAX_COUNT) }, (_, index) => k.memory.pointer(drivers + index * 8));
const allOf = (
  k: Kernel,
  { drivers, count }: { readonly drivers: Address; readonly count: number },
): Address[] => driversAt(k, drivers, count).map((drv) => driverOf(k, { drv }));

export const platformRegisterDrivers = stub(
  "int __platform_register_drivers(struct platform_driver * const *drivers, unsigned int count, struct module *owner)",
  { ...REGISTERS, acquires: { driver: allOf } },
  function* (k, { drivers, count, owner }) {
    const done: Address[] = [];
    for (const drv of driversAt(k, drivers, count)) {
      try {
        yield* registerPlatformDriver(k, drv, owner);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        const name = functionText(k.symbols, drv);
        k.printk(3, `failed to register platform driver ${name}: ${-error.errno}`);
        for (const each of done.toReversed()) yield* unregisterDriver(k, driverOf(k, { drv: each }));
        throw error;
      }
      done.push(drv);
    }
    return 0;
  },
);
export const platformUnregisterDrivers = stub(
  "void platform_unregister_drivers(struct platform_driver * const *drivers, unsigned int count)",
  { sleeps: true, releases: { driver: allOf } },
  function* (k, { drivers, count }) {
    for (const drv of driversAt(k, drivers, count).toReversed())
      yield* unregisterDriver(k, driverOf(k, { drv }));
  },
);
