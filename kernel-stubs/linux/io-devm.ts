/** include/linux/io.h: mappings that go with a device, as lib/devres.c does them. */
import { disown, ownWith } from "../../src/kernel/devices/devres.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

const MAPPERS = ["devm_ioremap", "devm_ioremap_uc", "devm_ioremap_wc"] as const;
type Mapper = "void *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)";
export const devmIoremaps: readonly Stub[] = MAPPERS.map((name) =>
  stub(
    `void *${name}(struct device *dev, resource_size_t offset, resource_size_t size)` as Mapper,
    { fails: ["NULL"], sleeps: true },
    (k, { dev, offset, size }) => ownWith(k, dev, "ioremap", k.io.map(Number(offset), Number(size))),
  ),
);
export const devmIounmap = stub(
  "void devm_iounmap(struct device *dev, void *addr)",
  { sleeps: true },
  (k, { dev, addr }) => {
    if (disown(k, dev, "ioremap", addr)) k.io.unmap(addr);
  },
);
