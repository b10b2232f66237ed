/** include/linux/device.h: what goes with a device, as drivers/base/devres.c and lib/devres.c do it. */
import type { Address } from "../../src/base/address.ts";
import { EBUSY, EINVAL, ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { disown, ownWith } from "../../src/kernel/devices/devres.ts";
import { deviceMessage } from "../../src/kernel/devices/message.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const TEXT_MAX = 65536;
const ZERO_SIZE_PTR = 16;

const memory = (k: Kernel, dev: Address, size: number, gfp: number): Address =>
  size === 0 ? ZERO_SIZE_PTR : ownWith(k, dev, "memory", k.heap.kmalloc(size, gfp));
const text = (k: Kernel, dev: Address, value: string, gfp: number): Address => {
  const at = memory(k, dev, value.length + 1, gfp);
  if (at !== 0) k.memory.setCstring(at, value);
  return at;
};

export const devmKmalloc = stub(
  "void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)",
  { fails: ["NULL"] },
  (k, { dev, size, gfp }) => memory(k, dev, size, gfp),
);
export const devmKfree = stub("void devm_kfree(struct device *dev, const void *p)", (k, { dev, p }) => {
  if (p !== 0 && p !== ZERO_SIZE_PTR && disown(k, dev, "memory", p)) k.heap.kfree(p);
});
export const devmKmemdup = stub(
  "void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp)",
  { fails: ["NULL"] },
  (k, { dev, src, len, gfp }) => {
    const at = memory(k, dev, len, gfp);
    if (at !== 0 && at !== ZERO_SIZE_PTR) k.memory.write(at, k.memory.bytes(src, len));
    return at;
  },
);
export const devmKstrdup = stub(
  "char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)",
  { fails: ["NULL"] },
  (k, { dev, s, gfp }) => (s === 0 ? 0 : text(k, dev, k.memory.cstring(s, TEXT_MAX), gfp)),
);
export const devmKstrdupConst = stub(
  "const char *devm_kstrdup_const(struct device *dev, const char *s, gfp_t gfp)",
  { fails: ["NULL"] },
  (k, { dev, s, gfp }) =>
    s === 0 || k.image.contains(s) ? s : text(k, dev, k.memory.cstring(s, TEXT_MAX), gfp),
);
export const devmKasprintf = stub(
  "char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)",
  { fails: ["NULL"] },
  (k, { dev, gfp, fmt }, call) => text(k, dev, formatGuest(k, fmt, call, TEXT_MAX).text, gfp),
);
export const devmGetFreePages = stub(
  "unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp_mask, unsigned int order)",
  { fails: ["ZERO"] },
  (k, { dev, gfp_mask, order }) =>
    BigInt.asUintN(
      64,
      BigInt(ownWith(k, dev, "pages", Number(k.pages.getFreePages(order, gfp_mask)), [order])),
    ),
);

/** __devm_ioremap_resource() */
export const mapResource = (k: Kernel, dev: Address, res: Address): Address => {
  const view = res === 0 ? undefined : k.struct("resource", res);
  if (view === undefined || (view.flags & 0x1f00n) !== 0x200n) {
    deviceMessage(k, 3, dev, "invalid resource");
    throw new Errno(EINVAL);
  }
  const { start, end, name } = view;
  const size = end - start + 1n;
  const device = k.driverCore.kobjects.name(dev + k.offsetOf("device", "kobj"));
  const known = name === 0 ? "" : k.memory.cstring(name, 256);
  const label = text(k, dev, known === "" ? device : `${device} ${known}`, GFP_KERNEL);
  const { resources } = k.driverCore;
  const parent = resources.root("iomem_resource");
  if (resources.requestRegion(parent, start, size, label, 0n) === 0) {
    const range = [start, end].map((each) => each.toString(16).padStart(8, "0")).join("-");
    deviceMessage(k, 3, dev, `can't request region for resource [mem 0x${range.replace("-", "-0x")}]`);
    throw new Errno(EBUSY);
  }
  k.driverCore.devres.add(dev, { kind: "own", name: "region", data: parent, args: [start, size] });
  const mapped = ownWith(k, dev, "ioremap", k.io.map(Number(start), Number(size)));
  if (mapped === 0) {
    deviceMessage(k, 3, dev, `ioremap failed for resource`);
    throw new Errno(ENOMEM);
  }
  return mapped;
};
const MAPS_RESOURCE = { fails: ["EINVAL", "EBUSY", "ENOMEM"], errPtr: true, sleeps: true } as const;
export const devmIoremapResource = stub(
  "void *devm_ioremap_resource(struct device *dev, const struct resource *res)",
  MAPS_RESOURCE,
  (k, { dev, res }) => mapResource(k, dev, res),
);
export const devmIoremapResourceWc = stub(
  "void *devm_ioremap_resource_wc(struct device *dev, const struct resource *res)",
  MAPS_RESOURCE,
  (k, { dev, res }) => mapResource(k, dev, res),
);
