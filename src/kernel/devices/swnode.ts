/** struct swnode and the kset that all of them are in (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import { isErrOrNull } from "../../base/err.ts";
import { entries } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { propertyName } from "./property-entries.ts";

/** What the kernel knows beside the nodes in memory. */
export interface SoftwareNodes {
  /** software_node_ops; 0 before there is a node. */
  operations: Address;
}

export const isSoftwareNode = (k: Kernel, fwnode: Address): boolean => {
  const { operations } = k.driverCore.softwareNodes;
  return operations !== 0 && !isErrOrNull(fwnode) && k.struct("fwnode_handle", fwnode).ops === operations;
};

/** The struct swnode around a fwnode; 0 when it is no software node. */
export const swnodeOf = (k: Kernel, fwnode: Address): Address =>
  isSoftwareNode(k, fwnode) ? fwnode - k.offsetOf("swnode", "fwnode") : 0;

export const fwnodeOf = (k: Kernel, swnode: Address): Address =>
  swnode === 0 ? 0 : swnode + k.offsetOf("swnode", "fwnode");

export const swnodeKobject = (k: Kernel, swnode: Address): Address => swnode + k.offsetOf("swnode", "kobj");

export const swnodeKset = (k: Kernel): Address =>
  k.driverCore.kobjects.known("/kernel/software_nodes") - k.offsetOf("kset", "kobj");

/** All that are registered, in that order. */
export function* swnodes(k: Kernel): Generator<Address> {
  const offset = k.offsetOf("swnode", "kobj") + k.offsetOf("kobject", "entry");
  for (const entry of entries(k.memory, swnodeKset(k) + k.offsetOf("kset", "list"))) yield entry - offset;
}

/** software_node_to_swnode(): of a struct software_node; 0 when it is not registered. */
export const findSwnode = (k: Kernel, node: Address): Address => {
  if (node !== 0) for (const each of swnodes(k)) if (k.struct("swnode", each).node === node) return each;
  return 0;
};

/** software_node_find_by_name(): the struct software_node, with a reference taken; 0 without one. */
export const findByName = (k: Kernel, parent: Address, name: string): Address => {
  for (const each of swnodes(k)) {
    const { node } = k.struct("swnode", each);
    const view = k.struct("software_node", node);
    if (view.parent !== parent || view.name === 0 || propertyName(k, view.name) !== name) continue;
    getSwnode(k, each);
    return node;
  }
  return 0;
};

/** A node's children, as struct swnode. */
export function* childrenOf(k: Kernel, swnode: Address): Generator<Address> {
  const offset = k.offsetOf("swnode", "entry");
  for (const entry of entries(k.memory, swnode + k.offsetOf("swnode", "children"))) yield entry - offset;
}

export const getSwnode = (k: Kernel, swnode: Address): Address => {
  k.driverCore.kobjects.get(swnodeKobject(k, swnode));
  return swnode;
};
export function* putSwnode(k: Kernel, swnode: Address): Routine<void> {
  if (swnode !== 0) yield* k.driverCore.kobjects.put(swnodeKobject(k, swnode));
}
