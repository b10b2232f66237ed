/** include/linux/sysfs.h, as fs/sysfs does it. */
import { PAGE_SIZE, type Address } from "../../src/base/address.ts";
import { EINVAL, ENOENT } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  addAttribute,
  addBinary,
  addGroup,
  addGroups,
  pointers,
  removeAttribute,
  removeGroup,
  removeGroups,
} from "../../src/kernel/devices/groups.ts";
import { attributeKey } from "../../src/kernel/vfs/attribute-file.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type ArgumentSource, formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";
import { WARN_SITES } from "../../src/kernel/vfs/warn-sites.ts";

const CREATES = { fails: ["EEXIST", "ENOMEM", "EINVAL"], sleeps: true } as const;

const need = (k: Kernel, kobject: Address): Address => {
  if (kobject === 0 || !k.vfs.sysfs.has(kobject)) throw new Errno(EINVAL);
  return kobject;
};

export const sysfsCreateFile = stub(
  "int sysfs_create_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns)",
  CREATES,
  (k, { kobj, attr }) => {
    addAttribute(k, need(k, kobj), attr);
    return 0;
  },
);
export const sysfsRemoveFile = stub(
  "void sysfs_remove_file_ns(struct kobject *kobj, const struct attribute *attr, const void *ns)",
  (k, { kobj, attr }) => removeAttribute(k, kobj, attr),
);
export const sysfsCreateFiles = stub(
  "int sysfs_create_files(struct kobject *kobj, const struct attribute *const *ptr)",
  CREATES,
  (k, { kobj, ptr }) => {
    const done: Address[] = [];
    try {
      for (const attribute of pointers(k, ptr)) {
        addAttribute(k, need(k, kobj), attribute);
        done.push(attribute);
      }
    } catch (error) {
      for (const attribute of done) removeAttribute(k, kobj, attribute);
      throw error;
    }
    return 0;
  },
);
export const sysfsRemoveFiles = stub(
  "void sysfs_remove_files(struct kobject *kobj, const struct attribute *const *ptr)",
  (k, { kobj, ptr }) => {
    for (const attribute of pointers(k, ptr)) removeAttribute(k, kobj, attribute);
  },
);
export const sysfsCreateBinFile = stub(
  "int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr)",
  CREATES,
  (k, { kobj, attr }) => {
    addBinary(k, need(k, kobj), attr);
    return 0;
  },
);
export const sysfsRemoveBinFile = stub(
  "void sysfs_remove_bin_file(struct kobject *kobj, const struct bin_attribute *attr)",
  (k, { kobj, attr }) => removeAttribute(k, kobj, attr),
);
export const sysfsCreateGroup = stub(
  "int sysfs_create_group(struct kobject *kobj, const struct attribute_group *grp)",
  CREATES,
  function* (k, { kobj, grp }) {
    yield* addGroup(k, kobj, grp);
    return 0;
  },
);
export const sysfsCreateGroups = stub(
  "int sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)",
  CREATES,
  function* (k, { kobj, groups }) {
    yield* addGroups(k, kobj, groups);
    return 0;
  },
);
export const sysfsUpdateGroup = stub(
  "int sysfs_update_group(struct kobject *kobj, const struct attribute_group *grp)",
  CREATES,
  function* (k, { kobj, grp }) {
    yield* addGroup(k, kobj, grp, "update");
    return 0;
  },
);
export const sysfsMergeGroup = stub(
  "int sysfs_merge_group(struct kobject *kobj, const struct attribute_group *grp)",
  CREATES,
  function* (k, { kobj, grp }) {
    yield* addGroup(k, kobj, grp, "merge");
    return 0;
  },
);
export const sysfsUnmergeGroup = stub(
  "void sysfs_unmerge_group(struct kobject *kobj, const struct attribute_group *grp)",
  (k, { kobj, grp }) => {
    const { name, attrs } = k.struct("attribute_group", grp);
    const group = name === 0 ? undefined : k.memory.cstring(name, 256);
    for (const attribute of pointers(k, attrs)) removeAttribute(k, kobj, attribute, group);
  },
);
export const sysfsAddFileToGroup = stub(
  "int sysfs_add_file_to_group(struct kobject *kobj, const struct attribute *attr, const char *group)",
  CREATES,
  (k, { kobj, attr, group }) => {
    addAttribute(k, need(k, kobj), attr, group === 0 ? {} : { group: k.memory.cstring(group, 256) });
    return 0;
  },
);
export const sysfsRemoveFileFromGroup = stub(
  "void sysfs_remove_file_from_group(struct kobject *kobj, const struct attribute *attr, const char *group)",
  (k, { kobj, attr, group }) =>
    removeAttribute(k, kobj, attr, group === 0 ? undefined : k.memory.cstring(group, 256)),
);
export const sysfsRemoveGroup = stub(
  "void sysfs_remove_group(struct kobject *kobj, const struct attribute_group *grp)",
  (k, { kobj, grp }) => removeGroup(k, kobj, grp),
);
export const sysfsRemoveGroups = stub(
  "void sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)",
  function* (k, { kobj, groups }) {
    yield* removeGroups(k, kobj, groups);
  },
);
export const sysfsCreateLink = stub(
  "int sysfs_create_link(struct kobject *kobj, struct kobject *target, const char *name)",
  { fails: ["EEXIST", "ENOENT", "ENOMEM"], sleeps: true },
  (k, { kobj, target, name }) => {
    k.vfs.sysfs.link(kobj, k.memory.cstring(name, 256), target);
    return 0;
  },
);
export const sysfsRemoveLink = stub(
  "void sysfs_remove_link(struct kobject *kobj, const char *name)",
  (k, { kobj, name }) => k.vfs.sysfs.unlink(kobj, k.memory.cstring(name, 256)),
);
export const sysfsChmodFile = stub(
  "int sysfs_chmod_file(struct kobject *kobj, const struct attribute *attr, umode_t mode)",
  { fails: ["ENOENT"] },
  (k, { kobj, attr, mode }) => {
    const node = k.vfs.sysfs.findFile(kobj, k.memory.cstring(k.struct("attribute", attr).name, 256));
    if (node === undefined) throw new Errno(ENOENT);
    k.journal.touch(node).mode = (node.mode & ~0o777) | (mode & 0o777);
    return 0;
  },
);
export const sysfsNotify = stub(
  "void sysfs_notify(struct kobject *kobj, const char *dir, const char *attr)",
  { sleeps: true },
  (k, { kobj, dir, attr }) => {
    const group = dir === 0 ? undefined : k.memory.cstring(dir, 256);
    const node = attr === 0 ? undefined : k.vfs.sysfs.findFile(kobj, k.memory.cstring(attr, 256), group);
    if (node === undefined) return;
    k.journal.touch(node).events += 1;
    k.userWaits.wakeAll(attributeKey(node));
  },
);

const emit = (k: Kernel, buf: Address, at: number, fmt: Address, source: ArgumentSource): number => {
  const { text } = formatGuest(k, fmt, source, PAGE_SIZE - at - 1);
  k.memory.setCstring(buf + at, text);
  return text.length;
};
export const sysfsEmit = stub("int sysfs_emit(char *buf, const char *fmt, ...)", (k, { buf, fmt }, call) => {
  if (buf === 0 || (buf & (PAGE_SIZE - 1)) !== 0) {
    const message = `invalid sysfs_emit: buf:${k.symbols.format(buf)}`;
    k.traces.warn(WARN_SITES.sysfsEmit, { message });
    return 0;
  }
  return emit(k, buf, 0, fmt, call);
});
export const sysfsEmitAt = stub(
  "int sysfs_emit_at(char *buf, int at, const char *fmt, ...)",
  (k, { buf, at, fmt }, call) => {
    if (buf === 0 || (buf & (PAGE_SIZE - 1)) !== 0 || at < 0 || at >= PAGE_SIZE) {
      const message = `invalid sysfs_emit_at: buf:${k.symbols.format(buf)} at:${at}`;
      k.traces.warn(WARN_SITES.sysfsEmitAt, { message });
      return 0;
    }
    return emit(k, buf, at, fmt, call);
  },
);

/** A directory that stays empty: something will be mounted there. */
export const sysfsCreateMountPoint = stub(
  "int sysfs_create_mount_point(struct kobject *parent_kobj, const char *name)",
  { fails: ["ENOMEM", "EEXIST"], sleeps: true },
  (k, { parent_kobj, name }) => {
    k.vfs.sysfs.addGroup(parent_kobj, k.memory.cstring(name, 256));
    return 0;
  },
);
export const sysfsRemoveMountPoint = stub(
  "void sysfs_remove_mount_point(struct kobject *parent_kobj, const char *name)",
  { sleeps: true },
  (k, { parent_kobj, name }) => {
    const text = k.memory.cstring(name, 256);
    if (k.vfs.sysfs.hasGroup(parent_kobj, text)) k.vfs.sysfs.removeGroup(parent_kobj, text);
  },
);
