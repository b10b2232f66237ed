/** Parents and children of software nodes, as their operations give them: with a reference more (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { putNode } from "./fwnode.ts";
import { propertyName } from "./property-entries.ts";
import { childrenOf, fwnodeOf, getSwnode, swnodeOf } from "./swnode.ts";

/** The fwnode, with a reference more. */
export const referenced = (k: Kernel, swnode: Address): Address => fwnodeOf(k, getSwnode(k, swnode));

export const parentNode = (k: Kernel, fwnode: Address): Address => {
  const swnode = swnodeOf(k, fwnode);
  const parent = swnode === 0 ? 0 : k.struct("swnode", swnode).parent;
  return parent === 0 ? 0 : referenced(k, parent);
};

export function* nextChildNode(k: Kernel, fwnode: Address, child: Address): Routine<Address> {
  const [parent, from] = [swnodeOf(k, fwnode), swnodeOf(k, child)];
  const all = parent === 0 ? [] : [...childrenOf(k, parent)];
  const next = all[from === 0 ? 0 : all.indexOf(from) + 1];
  yield* putNode(k, child);
  return next === undefined ? 0 : referenced(k, next);
}

export const namedChildNode = (k: Kernel, fwnode: Address, name: string): Address => {
  const swnode = swnodeOf(k, fwnode);
  if (swnode === 0) return 0;
  for (const each of childrenOf(k, swnode)) {
    const { name: own } = k.struct("swnode", each).kobj;
    if (propertyName(k, own) === name) return referenced(k, each);
  }
  return 0;
};
