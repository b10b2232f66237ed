/** Mounts: struct vfsmount inside struct mount, in guest memory (fs/namespace.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { doLater } from "../vfs/calls/task-work.ts";
import { getTree, prepareContext, putContext } from "./context.ts";
import { getDentry, putDentry } from "./dentry.ts";
import { deactivate } from "./super.ts";

export const SB_KERNMOUNT = 1 << 22;
const MNT_INTERNAL = 0x4000;

export const getMount = (k: Kernel, mnt: Address): Address => {
  const { mounts } = k.fileSystems;
  if (mnt !== 0) mounts.set(mnt, (mounts.get(mnt) ?? 0) + 1);
  return mnt;
};

/** cleanup_mnt(): with it goes the super block that nobody else uses. */
export function* endMount(k: Kernel, mnt: Address): Routine<void> {
  const { mnt_root, mnt_sb } = k.struct("vfsmount", mnt);
  yield* putDentry(k, mnt_root);
  yield* deactivate(k, mnt_sb);
  k.heap.kfree(mnt - k.offsetOf("mount", "mnt"));
}

/** mntput(): the last one ends the mount; one that is not the kernel's own only when the system call is over. */
export function* putMount(k: Kernel, mnt: Address): Routine<void> {
  if (mnt === 0) return;
  const { mounts } = k.fileSystems;
  const left = (mounts.get(mnt) ?? 0) - 1;
  if (left > 0) return void mounts.set(mnt, left);
  mounts.delete(mnt);
  if ((k.struct("vfsmount", mnt).mnt_flags & MNT_INTERNAL) === 0) doLater(k, { mount: mnt });
  else yield* endMount(k, mnt);
}

/** vfs_create_mount(): of fc->root. Errno EINVAL. */
export const createMount = (k: Kernel, fc: Address): Address => {
  const { root, sb_flags } = k.struct("fs_context", fc);
  if (root === 0) throw new Errno(EINVAL);
  const mount = k.heap.internal(new Uint8Array(k.sizeOf("mount")));
  const mnt = at(k, "mount", mount, "mnt");
  const { d_sb } = k.struct("dentry", root);
  k.struct("super_block", d_sb).s_active.counter += 1;
  point(k, "vfsmount", mnt, "mnt_sb", d_sb);
  point(k, "vfsmount", mnt, "mnt_root", getDentry(k, root));
  point(k, "vfsmount", mnt, "mnt_userns", k.profile.symbol("init_user_ns")?.address ?? 0);
  point(k, "mount", mount, "mnt_mountpoint", root);
  point(k, "mount", mount, "mnt_parent", mount);
  k.struct("vfsmount", mnt).mnt_flags = (sb_flags & SB_KERNMOUNT) === 0 ? 0 : MNT_INTERNAL;
  return getMount(k, mnt);
};

/** fc_mount() */
export function* mountContext(k: Kernel, fc: Address): Routine<Address> {
  yield* getTree(k, fc);
  const { d_sb } = k.struct("dentry", k.struct("fs_context", fc).root);
  k.rwsems.upWrite(at(k, "super_block", d_sb, "s_umount"));
  return createMount(k, fc);
}

/** vfs_kern_mount(): a mount that no path leads to. Errno as the file system says. */
export function* kernMount(
  k: Kernel,
  type: Address,
  flags: number,
  source: ByteString,
  data: Address,
): Routine<Address> {
  const fc = yield* prepareContext(k, { type, flags, source, data });
  try {
    return yield* mountContext(k, fc);
  } finally {
    yield* putContext(k, fc);
  }
}
