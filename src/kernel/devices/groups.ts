/** Attribute files and groups of them in a kobject's directory (fs/sysfs/file.c, group.c). */
import type { Address } from "../../base/address.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { guestAttribute, guestBinary } from "./attributes.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";

const SYSFS_PREALLOC = 0o10000;
/** A table that no NULL ends goes no further than this. */
const TABLE_MAX = 4096;

/** Addresses in a NULL-terminated table of pointers. */
export function* pointers(k: Kernel, table: Address): Generator<Address> {
  if (table === 0) return;
  for (let index = 0; index < TABLE_MAX; index += 1) {
    const at = k.memory.pointer(table + index * 8);
    if (at === 0) return;
    yield at;
  }
}

const attributeName = (k: Kernel, attribute: Address): string =>
  k.memory.cstring(k.struct("attribute", attribute).name, 256);

/** The mode, the attribute's own where left out, and the named group, if any. */
interface Placement {
  readonly mode?: number;
  readonly group?: string | undefined;
}

export const addAttribute = (
  k: Kernel,
  kobject: Address,
  attribute: Address,
  options: Placement = {},
): void => {
  const { mode = k.struct("attribute", attribute).mode, group } = options;
  k.vfs.sysfs.addFile(kobject, {
    name: attributeName(k, attribute),
    mode: mode & ~SYSFS_PREALLOC,
    operations: guestAttribute(k, kobject, attribute),
    attribute,
    group,
  });
};

export const addBinary = (k: Kernel, kobject: Address, attribute: Address, options: Placement = {}): void => {
  const view = k.struct("bin_attribute", attribute);
  k.vfs.sysfs.addFile(kobject, {
    name: attributeName(k, attribute),
    mode: options.mode ?? view.attr.mode,
    operations: guestBinary(k, kobject, attribute),
    attribute,
    group: options.group,
    size: view.size,
  });
};

export const removeAttribute = (k: Kernel, kobject: Address, attribute: Address, group?: string): void =>
  k.vfs.sysfs.removeFile(kobject, attributeName(k, attribute), group);

const groupName = (k: Kernel, group: Address): string | undefined => {
  const { name } = k.struct("attribute_group", group);
  return name === 0 ? undefined : k.memory.cstring(name, 256);
};

/** sysfs_create_group(); `existing`: files may be there already and are made anew (sysfs_update_group). */
export function* addGroup(
  k: Kernel,
  kobject: Address,
  group: Address,
  existing: "new" | "update" | "merge" = "new",
): Routine<void> {
  const view = k.struct("attribute_group", group);
  const name = groupName(k, group);
  if (kobject === 0 || !k.vfs.sysfs.has(kobject)) throw new Errno(EINVAL);
  if (view.attrs === 0 && view.bin_attrs === 0) throw new Errno(EINVAL);
  if (name !== undefined && existing === "new") k.vfs.sysfs.addGroup(kobject, name);
  function* mode(visible: Address, attribute: Address, index: number): Routine<number> {
    const usual = k.struct("attribute", attribute).mode;
    return visible === 0 ? usual : Number((yield* k.call(visible, kobject, attribute, index)) & 0xffffn);
  }
  let index = 0;
  for (const attribute of pointers(k, view.attrs)) {
    const bits = yield* mode(view.is_visible, attribute, index);
    index += 1;
    if (existing === "update") removeAttribute(k, kobject, attribute, name);
    if (bits !== 0) addAttribute(k, kobject, attribute, { mode: bits, group: name });
  }
  index = 0;
  for (const attribute of pointers(k, view.bin_attrs)) {
    const bits = yield* mode(view.is_bin_visible, attribute, index);
    index += 1;
    if (existing === "update") removeAttribute(k, kobject, attribute, name);
    if (bits !== 0) addBinary(k, kobject, attribute, { mode: bits, group: name });
  }
}

/** sysfs_remove_group(). */
export const removeGroup = (k: Kernel, kobject: Address, group: Address): void => {
  const view = k.struct("attribute_group", group);
  const name = groupName(k, group);
  if (name === undefined) {
    for (const attribute of pointers(k, view.attrs)) removeAttribute(k, kobject, attribute);
    for (const attribute of pointers(k, view.bin_attrs)) removeAttribute(k, kobject, attribute);
  } else if (k.vfs.sysfs.hasGroup(kobject, name)) k.vfs.sysfs.removeGroup(kobject, name);
  else {
    k.traces.warn(WARN_SITES.sysfsRemoveGroup, {
      message: `sysfs group '${name}' not found for kobject '${k.driverCore.kobjects.name(kobject)}'`,
    });
  }
};

/** Groups of a NULL-terminated table; those made are taken back when one fails. */
export function* addGroups(k: Kernel, kobject: Address, table: Address): Routine<void> {
  const done: Address[] = [];
  for (const group of pointers(k, table)) {
    try {
      yield* addGroup(k, kobject, group);
    } catch (error) {
      for (const each of done) removeGroup(k, kobject, each);
      throw error;
    }
    done.push(group);
  }
}

export function* removeGroups(k: Kernel, kobject: Address, table: Address): Routine<void> {
  if (!k.vfs.sysfs.has(kobject)) return;
  for (const group of pointers(k, table)) removeGroup(k, kobject, group);
}
