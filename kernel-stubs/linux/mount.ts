/** include/linux/mount.h, and what fs.h has of mounts that no path leads to (fs/namespace.c, fs/libfs.c). */
import type { Address } from "../../src/base/address.ts";
import { EROFS } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  SB_KERNMOUNT,
  createMount,
  getMount,
  kernMount,
  mountContext,
  putMount,
} from "../../src/kernel/filesystems/mount.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const MOUNTS = {
  fails: ["ENOMEM", "EINVAL"],
  errPtr: true,
  sleeps: true,
  acquires: { vfsmount: "return" },
} as const;
const typeName = (k: Kernel, type: Address): string =>
  k.memory.cstring(k.struct("file_system_type", type).name, 256);

/** A mount for the kernel's own use, named as its type is. */
const ownMount = (k: Kernel, type: Address): Routine<Address> =>
  kernMount(k, type, SB_KERNMOUNT, typeName(k, type), 0);

export const kernMountStub = stub(
  "struct vfsmount *kern_mount(struct file_system_type *type)",
  MOUNTS,
  function* (k, { type }) {
    return yield* ownMount(k, type);
  },
);
export const vfsKernMount = stub(
  "struct vfsmount *vfs_kern_mount(struct file_system_type *type, int flags, const char *name, void *data)",
  MOUNTS,
  function* (k, { type, flags, name, data }) {
    return yield* kernMount(k, type, flags, name === 0 ? "none" : k.memory.cstring(name, 4096), data);
  },
);
export const fcMount = stub(
  "struct vfsmount *fc_mount(struct fs_context *fc)",
  MOUNTS,
  function* (k, { fc }) {
    return yield* mountContext(k, fc);
  },
);
export const vfsCreateMount = stub(
  "struct vfsmount *vfs_create_mount(struct fs_context *fc)",
  MOUNTS,
  (k, { fc }) => createMount(k, fc),
);
export const kernUnmount = stub(
  "void kern_unmount(struct vfsmount *mnt)",
  { sleeps: true, releases: { vfsmount: "mnt" } },
  function* (k, { mnt }) {
    if (mnt === 0 || (mnt < 0 && mnt >= -4095)) return;
    yield* putMount(k, mnt);
  },
);
export const mntget = stub(
  "struct vfsmount *mntget(struct vfsmount *mnt)",
  { acquires: { vfsmount: "mnt" } },
  (k, { mnt }) => getMount(k, mnt),
);
export const mntput = stub(
  "void mntput(struct vfsmount *mnt)",
  { sleeps: true, releases: { vfsmount: "mnt" } },
  function* (k, { mnt }) {
    yield* putMount(k, mnt);
  },
);

export const simplePinFs = stub(
  "int simple_pin_fs(struct file_system_type *type, struct vfsmount **mount, int *count)",
  { fails: ["ENOMEM", "EINVAL"], sleeps: true, acquires: { pinned_filesystem: "mount" } },
  function* (k, { type, mount, count }) {
    const known = k.memory.pointer(mount);
    const made = known === 0 ? yield* ownMount(k, type) : 0;
    // Somebody else may have been quicker.
    if (k.memory.pointer(mount) === 0) k.memory.setPointer(mount, made);
    getMount(k, k.memory.pointer(mount));
    k.memory.setU32(count, (k.memory.u32(count) + 1) >>> 0);
    if (made !== 0) yield* putMount(k, made);
    return 0;
  },
);
export const simpleReleaseFs = stub(
  "void simple_release_fs(struct vfsmount **mount, int *count)",
  { sleeps: true, releases: { pinned_filesystem: "mount" } },
  function* (k, { mount, count }) {
    const mnt = k.memory.pointer(mount);
    const left = (k.memory.u32(count) - 1) >>> 0;
    k.memory.setU32(count, left);
    if (left === 0) k.memory.setPointer(mount, 0);
    yield* putMount(k, mnt);
  },
);

const SB_RDONLY = 1n;
const checkWritable = (k: Kernel, mnt: Address): number => {
  if ((k.struct("super_block", k.struct("vfsmount", mnt).mnt_sb).s_flags & SB_RDONLY) !== 0n)
    throw new Errno(EROFS);
  return 0;
};
const WRITES = { fails: ["EROFS"], acquires: { mount_write: "mnt" } } as const;
export const mntWantWrite = stub(
  "int mnt_want_write(struct vfsmount *mnt)",
  { ...WRITES, sleeps: true },
  (k, { mnt }) => checkWritable(k, mnt),
);
export const mntDropWrite = stub(
  "void mnt_drop_write(struct vfsmount *mnt)",
  { releases: { mount_write: "mnt" } },
  () => {},
);
