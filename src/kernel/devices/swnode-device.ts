/** Firmware nodes of devices, and software nodes among them (drivers/base/swnode.c, core.c). */
import type { Address } from "../../base/address.ts";
import { isErr } from "../../base/err.ts";
import { EBUSY, EINVAL, ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { deviceKobject } from "./device-members.ts";
import { createSoftwareNode, registerSoftwareNode } from "./swnode-register.ts";
import {
  findSwnode,
  fwnodeOf,
  getSwnode,
  isSoftwareNode,
  putSwnode,
  swnodeKobject,
  swnodeOf,
} from "./swnode.ts";

const isPrimary = (k: Kernel, fwnode: Address): boolean =>
  fwnode !== 0 && !isErr(k.struct("fwnode_handle", fwnode).secondary);

/** set_secondary_fwnode() */
export const setSecondaryNode = (k: Kernel, device: Address, fwnode: Address): void => {
  const view = k.struct("device", device);
  if (fwnode !== 0) k.struct("fwnode_handle", fwnode).secondary = -ENODEV;
  if (isPrimary(k, view.fwnode)) k.struct("fwnode_handle", view.fwnode).secondary = fwnode;
  else view.fwnode = fwnode;
};
/** set_primary_fwnode() */
export const setPrimaryNode = (k: Kernel, device: Address, fwnode: Address): void => {
  const view = k.struct("device", device);
  const old = view.fwnode;
  const oldSecondary = isPrimary(k, old) ? k.struct("fwnode_handle", old).secondary : undefined;
  if (fwnode !== 0) {
    const kept = oldSecondary ?? old;
    if (kept !== 0) k.struct("fwnode_handle", fwnode).secondary = kept;
    view.fwnode = fwnode;
    return;
  }
  view.fwnode = oldSecondary ?? 0;
  const shared = view.parent !== 0 && old === k.struct("device", view.parent).fwnode;
  // It remains the primary node of whoever has it.
  if (oldSecondary !== undefined && !shared) k.struct("fwnode_handle", old).secondary = 0;
};

/** dev_to_swnode(): 0 without one. */
const swnodeOfDevice = (k: Kernel, device: Address): Address => {
  const { fwnode } = k.struct("device", device);
  if (fwnode === 0) return 0;
  return swnodeOf(k, isSoftwareNode(k, fwnode) ? fwnode : k.struct("fwnode_handle", fwnode).secondary);
};

/** The links between a device and its software node (software_node_notify). */
export const notifyNode = (k: Kernel, device: Address): void => {
  const swnode = swnodeOfDevice(k, device);
  if (swnode === 0) return;
  const { sysfs } = k.vfs;
  const [kobject, node] = [deviceKobject(k, device), swnodeKobject(k, swnode)];
  try {
    sysfs.link(kobject, "software_node", node);
  } catch (error) {
    if (error instanceof Errno) return;
    throw error;
  }
  try {
    sysfs.link(node, k.driverCore.kobjects.name(kobject), kobject);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    sysfs.unlink(kobject, "software_node");
    return;
  }
  getSwnode(k, swnode);
};
/** software_node_notify_remove() */
export function* notifyNodeRemoved(k: Kernel, device: Address): Routine<void> {
  const swnode = swnodeOfDevice(k, device);
  if (swnode === 0) return;
  const kobject = deviceKobject(k, device);
  k.vfs.sysfs.unlink(swnodeKobject(k, swnode), k.driverCore.kobjects.name(kobject));
  k.vfs.sysfs.unlink(kobject, "software_node");
  const managed = k.struct("swnode", swnode).managed !== 0;
  yield* putSwnode(k, swnode);
  if (!managed) return;
  setSecondaryNode(k, device, 0);
  yield* putSwnode(k, swnode);
}

const isRegistered = (k: Kernel, device: Address): boolean =>
  k.struct("device", device).kobj.state_in_sysfs !== 0;

/** device_add_software_node(): EBUSY, and what registering it fails with. */
export function* addNodeToDevice(k: Kernel, device: Address, node: Address): Routine<void> {
  if (swnodeOfDevice(k, device) !== 0) throw new Errno(EBUSY);
  const known = findSwnode(k, node);
  const swnode = known === 0 ? yield* registerSoftwareNode(k, node) : getSwnode(k, known);
  setSecondaryNode(k, device, fwnodeOf(k, swnode));
  if (isRegistered(k, device)) notifyNode(k, device);
}
/** device_remove_software_node() */
export function* removeNodeFromDevice(k: Kernel, device: Address): Routine<void> {
  const swnode = swnodeOfDevice(k, device);
  if (swnode === 0) return;
  if (isRegistered(k, device)) yield* notifyNodeRemoved(k, device);
  setSecondaryNode(k, device, 0);
  yield* putSwnode(k, swnode);
}

/** device_create_managed_software_node(): one that goes with the device. `parent` is a struct software_node or 0. */
export function* createManagedNode(
  k: Kernel,
  device: Address,
  { properties, parent }: { readonly properties: Address; readonly parent: Address },
): Routine<void> {
  const above = fwnodeOf(k, findSwnode(k, parent));
  if (parent !== 0 && above === 0) throw new Errno(EINVAL);
  const swnode = yield* createSoftwareNode(k, properties, above);
  k.struct("swnode", swnode).managed = 1;
  setSecondaryNode(k, device, fwnodeOf(k, swnode));
  if (isRegistered(k, device)) notifyNode(k, device);
}

/** The node's device is the first one that has it (device_add). */
export const claimNode = (k: Kernel, device: Address): void => {
  const { fwnode } = k.struct("device", device);
  if (fwnode === 0) return;
  const view = k.struct("fwnode_handle", fwnode);
  if (view.dev === 0) view.dev = device;
};
/** device_del()'s half of it. */
export const disclaimNode = (k: Kernel, device: Address): void => {
  const { fwnode } = k.struct("device", device);
  if (fwnode === 0) return;
  const view = k.struct("fwnode_handle", fwnode);
  if (view.dev === device) view.dev = 0;
};
