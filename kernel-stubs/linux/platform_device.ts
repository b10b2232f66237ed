/** include/linux/platform_device.h, as drivers/base/platform.c does it. */
import type { Address } from "../../src/base/address.ts";
import { isErrOrNull } from "../../src/base/err.ts";
import { EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { deviceKobject } from "../../src/kernel/devices/device-members.ts";
import { placeBus } from "../../src/kernel/devices/kernel-buses.ts";
import {
  allocatePlatformDevice,
  setPlatformData,
  setPlatformResources,
} from "../../src/kernel/devices/platform-alloc.ts";
import {
  addOrPut,
  addPlatformDevice,
  deletePlatformDevice,
  initialisePlatformDevice,
  pdevDevice,
} from "../../src/kernel/devices/platform-bus.ts";
import { createManagedNode } from "../../src/kernel/devices/swnode-device.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const ADDS = { fails: ["ENOMEM", "EINVAL", "EEXIST", "EBUSY"], sleeps: true } as const;

export const platformBusType = variable(
  "struct bus_type platform_bus_type",
  (k) => void placeBus(k, "platform_bus_type"),
);

export const platformDeviceRegister = stub(
  "int platform_device_register(struct platform_device *pdev)",
  {
    ...ADDS,
    acquires: { device: (k, { pdev }) => pdevDevice(k, pdev) },
    leaves: (k, { pdev }) => initialisePlatformDevice(k, pdev),
  },
  function* (k, { pdev }) {
    initialisePlatformDevice(k, pdev);
    yield* addPlatformDevice(k, pdev);
    return 0;
  },
);
export const platformDeviceAdd = stub(
  "int platform_device_add(struct platform_device *pdev)",
  { ...ADDS, acquires: { device: (k, { pdev }) => pdevDevice(k, pdev) } },
  function* (k, { pdev }) {
    if (pdev === 0) throw new Errno(EINVAL);
    yield* addPlatformDevice(k, pdev);
    return 0;
  },
);

export const platformDeviceAlloc = stub(
  "struct platform_device *platform_device_alloc(const char *name, int id)",
  { fails: ["NULL"], sleeps: true, acquires: { platform_device: "return" } },
  (k, { name, id }) => allocatePlatformDevice(k, k.memory.cstring(name, 256), id),
);

export const platformDeviceAddResources = stub(
  `int platform_device_add_resources(struct platform_device *pdev, const struct resource *res,
      unsigned int num)`,
  { fails: ["ENOMEM"], sleeps: true },
  (k, { pdev, res, num }) => {
    setPlatformResources(k, pdev, res, num);
    return 0;
  },
);
export const platformDeviceAddData = stub(
  "int platform_device_add_data(struct platform_device *pdev, const void *data, size_t size)",
  { fails: ["ENOMEM"], sleeps: true },
  (k, { pdev, data, size }) => {
    setPlatformData(k, pdev, data, size);
    return 0;
  },
);
export const platformDeviceRegisterFull = stub(
  "struct platform_device *platform_device_register_full(const struct platform_device_info *pdevinfo)",
  {
    fails: ["ENOMEM", "EEXIST", "EBUSY"],
    errPtr: true,
    sleeps: true,
    acquires: { device: (k, _args, pdev) => pdevDevice(k, pdev) },
  },
  function* (k, { pdevinfo }) {
    const info = k.struct("platform_device_info", pdevinfo);
    const pdev = allocatePlatformDevice(k, k.memory.cstring(info.name, 256), info.id);
    if (pdev === 0) throw new Errno(ENOMEM);
    const device = k.struct("device", pdevDevice(k, pdev));
    device.parent = info.parent;
    device.fwnode = info.fwnode;
    if (info.dma_mask !== 0n) {
      k.struct("platform_device", pdev).platform_dma_mask = info.dma_mask;
      device.coherent_dma_mask = info.dma_mask;
    }
    if (info.num_res > 0) setPlatformResources(k, pdev, info.res, info.num_res);
    if (info.size_data > 0) setPlatformData(k, pdev, info.data, Number(info.size_data));
    if (info.properties !== 0)
      yield* createManagedNode(k, pdevDevice(k, pdev), { properties: info.properties, parent: 0 });
    yield* addOrPut(k, pdev);
    return pdev;
  },
);

const releasedDevice = (k: Kernel, pdev: Address): Address | undefined =>
  isErrOrNull(pdev) ? undefined : pdevDevice(k, pdev);

export const platformDeviceDel = stub(
  "void platform_device_del(struct platform_device *pdev)",
  { releases: { device: (k, { pdev }) => releasedDevice(k, pdev) } },
  function* (k, { pdev }) {
    if (pdev !== 0) yield* deletePlatformDevice(k, pdev);
  },
);
export const platformDevicePut = stub(
  "void platform_device_put(struct platform_device *pdev)",
  { releases: { platform_device: "pdev" } },
  function* (k, { pdev }) {
    if (!isErrOrNull(pdev)) yield* k.driverCore.kobjects.put(deviceKobject(k, pdevDevice(k, pdev)));
  },
);
export const platformDeviceUnregister = stub(
  "void platform_device_unregister(struct platform_device *pdev)",
  { sleeps: true, releases: { device: (k, { pdev }) => releasedDevice(k, pdev) } },
  function* (k, { pdev }) {
    if (isErrOrNull(pdev)) return;
    yield* deletePlatformDevice(k, pdev);
    yield* k.driverCore.kobjects.put(deviceKobject(k, pdevDevice(k, pdev)));
  },
);
