/** include/linux/platform_device.h: what a device was given, as drivers/base/platform.c finds it. */
import type { Address } from "../../src/base/address.ts";
import { ENXIO } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { deviceMessage } from "../../src/kernel/devices/message.ts";
import { pdevDevice, resourcesOf } from "../../src/kernel/devices/platform-bus.ts";
import { IORESOURCE } from "../../src/kernel/devices/resources.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";
import { mapResource } from "./device-devm.ts";

const ofType = (k: Kernel, pdev: Address, type: bigint): Address[] =>
  resourcesOf(k, pdev).filter((at) => (k.struct("resource", at).flags & IORESOURCE.TYPE_BITS) === type);
const byName = (k: Kernel, pdev: Address, type: bigint, name: Address): Address =>
  ofType(k, pdev, type).find((at) => {
    const known = k.struct("resource", at).name;
    return known !== 0 && k.memory.cstring(known, 256) === k.memory.cstring(name, 256);
  }) ?? 0;

export const platformGetResource = stub(
  "struct resource *platform_get_resource(struct platform_device *dev, unsigned int type, unsigned int num)",
  { fails: ["NULL"] },
  (k, { dev, type, num }) => ofType(k, dev, BigInt(type))[num] ?? 0,
);
export const platformGetResourceByname = stub(
  `struct resource *platform_get_resource_byname(struct platform_device *dev, unsigned int type,
      const char *name)`,
  { fails: ["NULL"] },
  (k, { dev, type, name }) => byName(k, dev, BigInt(type), name),
);

const irqOf = (k: Kernel, at: Address | undefined): number => {
  if (at === undefined || at === 0) throw new Errno(ENXIO);
  return Number(k.struct("resource", at).start);
};
const orComplain = (k: Kernel, pdev: Address, at: Address | undefined, what: string): number => {
  if (at === undefined || at === 0)
    deviceMessage(k, 3, pdevDevice(k, pdev), `error -ENXIO: IRQ ${what} not found`);
  return irqOf(k, at);
};
export const platformGetIrqOptional = stub(
  "int platform_get_irq_optional(struct platform_device *dev, unsigned int num)",
  { fails: ["ENXIO"] },
  (k, { dev, num }) => irqOf(k, ofType(k, dev, IORESOURCE.IRQ)[num]),
);
export const platformGetIrq = stub(
  "int platform_get_irq(struct platform_device *dev, unsigned int num)",
  { fails: ["ENXIO"] },
  (k, { dev, num }) => orComplain(k, dev, ofType(k, dev, IORESOURCE.IRQ)[num], `index ${num}`),
);
export const platformGetIrqByname = stub(
  "int platform_get_irq_byname(struct platform_device *dev, const char *name)",
  { fails: ["ENXIO"] },
  (k, { dev, name }) => orComplain(k, dev, byName(k, dev, IORESOURCE.IRQ, name), k.memory.cstring(name, 256)),
);
export const platformGetIrqBynameOptional = stub(
  "int platform_get_irq_byname_optional(struct platform_device *dev, const char *name)",
  { fails: ["ENXIO"] },
  (k, { dev, name }) => irqOf(k, byName(k, dev, IORESOURCE.IRQ, name)),
);
export const platformIrqCount = stub(
  "int platform_irq_count(struct platform_device *dev)",
  (k, { dev }) => ofType(k, dev, IORESOURCE.IRQ).length,
);

const MAPS = { fails: ["EINVAL", "EBUSY", "ENOMEM"], errPtr: true, sleeps: true } as const;
export const devmPlatformIoremapResource = stub(
  "void *devm_platform_ioremap_resource(struct platform_device *pdev, unsigned int index)",
  MAPS,
  (k, { pdev, index }) => mapResource(k, pdevDevice(k, pdev), ofType(k, pdev, IORESOURCE.MEM)[index] ?? 0),
);
export const devmPlatformIoremapResourceByname = stub(
  "void *devm_platform_ioremap_resource_byname(struct platform_device *pdev, const char *name)",
  MAPS,
  (k, { pdev, name }) => mapResource(k, pdevDevice(k, pdev), byName(k, pdev, IORESOURCE.MEM, name)),
);
export const devmPlatformGetAndIoremapResource = stub(
  `void *devm_platform_get_and_ioremap_resource(struct platform_device *pdev, unsigned int index,
      struct resource **res)`,
  MAPS,
  (k, { pdev, index, res }) => {
    const found = ofType(k, pdev, IORESOURCE.MEM)[index] ?? 0;
    if (res !== 0) k.memory.setPointer(res, found);
    return mapResource(k, pdevDevice(k, pdev), found);
  },
);
