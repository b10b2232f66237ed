/** include/linux/ioport.h, as kernel/resource.c does it. */
import type { Address } from "../../src/base/address.ts";
import { orBusy } from "../../src/kernel/devices/resources.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const ioportResource = variable("struct resource ioport_resource", (k) => {
  k.driverCore.resources.root("ioport_resource");
});
export const iomemResource = variable("struct resource iomem_resource", (k) => {
  k.driverCore.resources.root("iomem_resource");
});

export const requestResource = stub(
  "int request_resource(struct resource *root, struct resource *new)",
  { fails: ["EBUSY"], acquires: { resource: "new" } },
  (k, { root, new: wanted }) => orBusy(k.driverCore.resources.request(root, wanted)),
);
export const insertResource = stub(
  "int insert_resource(struct resource *parent, struct resource *new)",
  { fails: ["EBUSY"], acquires: { resource: "new" } },
  (k, { parent, new: wanted }) => orBusy(k.driverCore.resources.insert(parent, wanted)),
);
/** The real one reads the parent without a look: a resource that is in no tree faults. */
export const releaseResource = stub(
  "int release_resource(struct resource *old)",
  { fails: ["EINVAL"], releases: { resource: "old" } },
  (k, { old }) => {
    k.driverCore.resources.release(old);
    return 0;
  },
);
export const removeResource = stub(
  "int remove_resource(struct resource *old)",
  { fails: ["EINVAL"], releases: { resource: "old" } },
  (k, { old }) => {
    k.driverCore.resources.release(old);
    return 0;
  },
);
export const requestRegion = stub(
  `struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
      const char *name, int flags)`,
  { fails: ["NULL"], sleeps: true, acquires: { region: "start" } },
  (k, { parent, start, n, name, flags }) =>
    k.driverCore.resources.requestRegion(parent, start, n, name, BigInt(flags)),
);
export const releaseRegion = stub(
  "void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)",
  { releases: { region: "start" } },
  (k, { parent, start, n }) => k.driverCore.resources.releaseRegion(parent, start, n),
);

export const devmRequestRegion = stub(
  `struct resource *__devm_request_region(struct device *dev, struct resource *parent,
      resource_size_t start, resource_size_t n, const char *name)`,
  { fails: ["NULL"], sleeps: true },
  (k, { dev, parent, start, n, name }) => {
    const made = k.driverCore.resources.requestRegion(parent, start, n, name, 0n);
    if (made !== 0)
      k.driverCore.devres.add(dev, { kind: "own", name: "region", data: parent, args: [start, n] });
    return made;
  },
);
export const devmReleaseRegion = stub(
  `void __devm_release_region(struct device *dev, struct resource *parent, resource_size_t start,
      resource_size_t n)`,
  (k, { dev, parent, start, n }) => {
    k.driverCore.resources.releaseRegion(parent, start, n);
    k.driverCore.devres.take(
      dev,
      (each) =>
        each.kind === "own" && each.name === "region" && each.data === parent && each.args[0] === start,
    );
  },
);
const ownResource = (k: Kernel, dev: Address, data: Address): void =>
  k.driverCore.devres.add(dev, { kind: "own", name: "resource", data, args: [] });
export const devmRequestResource = stub(
  "int devm_request_resource(struct device *dev, struct resource *root, struct resource *new)",
  { fails: ["EBUSY", "ENOMEM"], sleeps: true },
  (k, { dev, root, new: wanted }) => {
    orBusy(k.driverCore.resources.request(root, wanted));
    ownResource(k, dev, wanted);
    return 0;
  },
);
