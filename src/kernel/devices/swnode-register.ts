/** Software nodes come and go (drivers/base/swnode.c). */
import type { Address } from "../../base/address.ts";
import { isErrOrNull } from "../../base/err.ts";
import { EEXIST, EINVAL, ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { addTail, initList, removeInit } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { GFP, GFP_KERNEL } from "../memory/gfp.ts";
import type { Routine } from "../routine.ts";
import { copyProperties, freeProperties, propertyName } from "./property-entries.ts";
import { softwareNodeOperations } from "./swnode-operations.ts";
import { findSwnode, fwnodeOf, putSwnode, swnodeKobject, swnodeKset, swnodeOf, swnodes } from "./swnode.ts";

/** The ida's answer: the lowest number that no child of the parent has. */
const freeId = (k: Kernel, parent: Address): number => {
  const taken = new Set<number>();
  for (const each of swnodes(k)) {
    const view = k.struct("swnode", each);
    if (view.parent === parent) taken.add(view.id);
  }
  let id = 0;
  while (taken.has(id)) id += 1;
  return id;
};

const initialise = (k: Kernel, swnode: Address, node: Address, parent: Address): void => {
  const view = k.struct("swnode", swnode);
  view.id = freeId(k, parent);
  view.node = node;
  view.parent = parent;
  view.kobj.kset = swnodeKset(k);
  view.fwnode.ops = softwareNodeOperations(k);
  for (const field of ["suppliers", "consumers"])
    initList(k.memory, fwnodeOf(k, swnode) + k.offsetOf("fwnode_handle", field));
  for (const field of ["entry", "children"]) initList(k.memory, swnode + k.offsetOf("swnode", field));
};

interface Registration {
  /** struct software_node */
  readonly node: Address;
  /** struct swnode, or 0. */
  readonly parent: Address;
  /** The node is the kernel's own copy, and goes with it. */
  readonly allocated: boolean;
}

/** swnode_register(): answers with the struct swnode. ENOMEM, EEXIST. */
function* register(k: Kernel, { node, parent, allocated }: Registration): Routine<Address> {
  const { kobjects } = k.driverCore;
  const swnode = k.heap.kmalloc(k.sizeOf("swnode"), GFP_KERNEL | GFP.ZERO);
  if (swnode === 0) throw new Errno(ENOMEM);
  initialise(k, swnode, node, parent);
  const [view, kobject] = [k.struct("swnode", swnode), swnodeKobject(k, swnode)];
  kobjects.init(kobject, kobjects.ktype("software_node"));
  const { name } = k.struct("software_node", node);
  try {
    kobjects.setName(kobject, name === 0 ? `node${view.id}` : propertyName(k, name));
    view.kobj.parent = parent === 0 ? 0 : swnodeKobject(k, parent);
    yield* kobjects.add(kobject);
  } catch (error) {
    if (error instanceof Errno) yield* kobjects.put(kobject);
    throw error;
  }
  // Only now, so that a failure's put leaves the properties to the caller.
  view.allocated = allocated ? 1 : 0;
  if (parent !== 0)
    addTail(k.memory, swnode + k.offsetOf("swnode", "entry"), parent + k.offsetOf("swnode", "children"));
  return swnode;
}

const freeNode = (k: Kernel, node: Address): void => {
  freeProperties(k, k.struct("software_node", node).properties);
  k.heap.kfree(node);
};

/** software_node_release() */
export function* releaseSwnode(k: Kernel, kobject: Address): Routine<void> {
  const swnode = kobject - k.offsetOf("swnode", "kobj");
  const view = k.struct("swnode", swnode);
  if (view.parent !== 0) removeInit(k.memory, swnode + k.offsetOf("swnode", "entry"));
  if (view.allocated !== 0) freeNode(k, view.node);
  k.heap.kfree(swnode);
}

/** software_node_register(): answers with the struct swnode. EEXIST, EINVAL, ENOMEM. */
export function* registerSoftwareNode(k: Kernel, node: Address): Routine<Address> {
  const above = k.struct("software_node", node).parent;
  const parent = findSwnode(k, above);
  if (findSwnode(k, node) !== 0) throw new Errno(EEXIST);
  if (above !== 0 && parent === 0) throw new Errno(EINVAL);
  return yield* register(k, { node, parent, allocated: false });
}

/** All, in order, or none. */
export function* registerSoftwareNodes(k: Kernel, nodes: readonly Address[]): Routine<void> {
  try {
    for (const node of nodes) yield* registerSoftwareNode(k, node);
  } catch (error) {
    if (error instanceof Errno) yield* unregisterSoftwareNodes(k, nodes);
    throw error;
  }
}

/** software_node_unregister() for all that are registered, the last one first. */
export function* unregisterSoftwareNodes(k: Kernel, nodes: readonly Address[]): Routine<void> {
  for (const node of nodes.toReversed()) yield* putSwnode(k, findSwnode(k, node));
}

/** fwnode_create_software_node(): with a copy of the properties; answers with the struct swnode. ENOMEM, EINVAL, ENODATA. */
export function* createSoftwareNode(k: Kernel, properties: Address, parent: Address): Routine<Address> {
  if (parent !== 0 && isErrOrNull(parent)) throw new Errno(-parent);
  const above = swnodeOf(k, parent);
  if (parent !== 0 && above === 0) throw new Errno(EINVAL);
  const copy = copyProperties(k, properties);
  const node = k.heap.kmalloc(k.sizeOf("software_node"), GFP_KERNEL | GFP.ZERO);
  if (node === 0) {
    freeProperties(k, copy);
    throw new Errno(ENOMEM);
  }
  const view = k.struct("software_node", node);
  view.properties = copy;
  if (above !== 0) view.parent = k.struct("swnode", above).node;
  try {
    return yield* register(k, { node, parent: above, allocated: true });
  } catch (error) {
    if (error instanceof Errno) freeNode(k, node);
    throw error;
  }
}
