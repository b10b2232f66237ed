/** Super blocks of file systems that modules bring along (fs/super.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EMFILE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { initList, removeInit } from "../data/guest-list.ts";
import { addHead, hlistEntries, unhash } from "../data/hlist.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import { initMutex, initRwsem } from "../locks/initialise.ts";
import { type Routine, untilAnswered } from "../routine.ts";
import { TASK_UNINTERRUPTIBLE } from "../sched/signals.ts";
import { kernelMinor } from "../vfs/node.ts";
import { WARN_SITES } from "../vfs/warn-sites.ts";
import { getDentry } from "./dentry.ts";
import { SB_ACTIVE, evictAll, inodesOf } from "./inode.ts";
import { genocide, shrinkForUnmount } from "./trees.ts";

export const SB_BORN = 1n << 29n;
const MAX_NON_LFS = 2 ** 31 - 1;
const NANOSECONDS = 1_000_000_000;
const MINORS = 2 ** 20;
const LISTS = ["s_list", "s_mounts", "s_inodes", "s_inodes_wb"];

/** The module that brought a type of file systems; it is held while one is in use. */
export const holdType = (k: Kernel, type: Address): void => {
  const module = k.modules.list.byStruct(k.struct("file_system_type", type).owner);
  if (module !== undefined) k.modules.references.get(module);
};
export const releaseType = (k: Kernel, type: Address): void => {
  const module = k.modules.list.byStruct(k.struct("file_system_type", type).owner);
  if (module !== undefined) k.modules.references.put(module);
};

/** down_write() of s_umount */
const lockUmount = (k: Kernel, sb: Address): Routine<number> =>
  untilAnswered(() => k.rwsems.write(at(k, "super_block", sb, "s_umount"), k.current, TASK_UNINTERRUPTIBLE));

/** alloc_super(): locked for writing, with one active reference. */
function* allocate(k: Kernel, type: Address, flags: bigint): Routine<Address> {
  const sb = k.heap.internal(new Uint8Array(k.sizeOf("super_block")));
  const view = k.struct("super_block", sb);
  for (const list of LISTS) initList(k.memory, at(k, "super_block", sb, list));
  for (const sem of ["s_umount", "s_dquot.dqio_sem"]) initRwsem(k, at(k, "super_block", sb, sem));
  for (const mutex of ["s_sync_lock", "s_vfs_rename_mutex"]) initMutex(k, at(k, "super_block", sb, mutex));
  yield* lockUmount(k, sb);
  view.s_flags = flags;
  view.s_count = 1;
  view.s_active.counter = 1;
  view.s_maxbytes = MAX_NON_LFS;
  view.s_time_gran = NANOSECONDS;
  view.s_time_min = -(2n ** 63n);
  view.s_time_max = 2n ** 63n - 1n;
  point(k, "super_block", sb, "s_op", k.fileSystems.table("super_operations"));
  point(k, "super_block", sb, "s_user_ns", k.profile.symbol("init_user_ns")?.address ?? 0);
  point(k, "super_block", sb, "s_bdi", k.profile.symbol("noop_backing_dev_info")?.address ?? 0);
  return sb;
}

const freeSuper = (k: Kernel, sb: Address): void => {
  k.heap.kfree(k.struct("super_block", sb).s_subtype);
  k.heap.kfree(sb);
};

/** The flags of a mount, an int, as the unsigned long of a super block. */
export const signed = (flags: number): bigint => BigInt.asUintN(64, BigInt(flags | 0));

/** Looks for a super block that will do, or makes one. `test` and `set` answer as sget's callbacks. */
export interface Wanted {
  readonly type: Address;
  readonly flags: bigint;
  /** s_fs_info while `set` runs. */
  readonly info?: Address;
  test?(sb: Address): Routine<boolean>;
  set(sb: Address): Routine<number>;
}

/** sget() and sget_fc(): locked for writing. Errno as `set` says. */
export function* getSuper(k: Kernel, wanted: Wanted): Routine<Address> {
  const supers = at(k, "file_system_type", wanted.type, "fs_supers");
  if (wanted.test !== undefined) {
    for (const node of hlistEntries(k.memory, supers)) {
      const old = node - k.offsetOf("super_block", "s_instances");
      if (!(yield* wanted.test(old))) continue;
      k.struct("super_block", old).s_active.counter += 1;
      yield* lockUmount(k, old);
      return old;
    }
  }
  const sb = yield* allocate(k, wanted.type, wanted.flags);
  if (wanted.info !== undefined) point(k, "super_block", sb, "s_fs_info", wanted.info);
  const error = yield* wanted.set(sb);
  if (error !== 0) {
    k.rwsems.upWrite(at(k, "super_block", sb, "s_umount"));
    freeSuper(k, sb);
    throw new Errno(Math.abs(error));
  }
  point(k, "super_block", sb, "s_type", wanted.type);
  const { name } = k.struct("file_system_type", wanted.type);
  k.struct("super_block", sb).s_id.text = k.memory.cstring(name, 256);
  addHead(k.memory, at(k, "super_block", sb, "s_instances"), supers);
  holdType(k, wanted.type);
  return sb;
}

/** get_anon_bdev(): a device number of major 0. Errno EMFILE. */
export const takeAnonymousDevice = (k: Kernel): number => {
  const { anonymousDevices } = k.fileSystems;
  for (let minor = 1; minor < MINORS; minor += 1) {
    if (anonymousDevices.has(minor)) continue;
    anonymousDevices.add(minor);
    return minor;
  }
  throw new Errno(EMFILE);
};
export const freeAnonymousDevice = (k: Kernel, dev: number): void =>
  void k.fileSystems.anonymousDevices.delete(kernelMinor(dev));

/** set_anon_super() */
export function* setAnonymous(k: Kernel, sb: Address): Routine<number> {
  k.struct("super_block", sb).s_dev = takeAnonymousDevice(k);
  return 0;
}

/** generic_shutdown_super(): gives the lock back. */
export function* shutdown(k: Kernel, sb: Address): Routine<void> {
  const view = k.struct("super_block", sb);
  if (view.s_root !== 0) {
    yield* shrinkForUnmount(k, sb);
    view.s_flags &= ~SB_ACTIVE;
    yield* evictAll(k, sb);
    const { put_super } = k.struct("super_operations", view.s_op);
    if (put_super !== 0) yield* k.call(put_super, sb);
    if (inodesOf(k, sb).next().done !== true) {
      const type = k.memory.cstring(k.struct("file_system_type", view.s_type).name, 256);
      k.printk(3, `VFS: Busy inodes after unmount of ${view.s_id.text} (${type})`);
      k.traces.bug(WARN_SITES.busyInodes, { via: [] });
    }
  }
  unhash(k.memory, at(k, "super_block", sb, "s_instances"));
  k.rwsems.upWrite(at(k, "super_block", sb, "s_umount"));
}

/** kill_anon_super() */
export function* killAnonymous(k: Kernel, sb: Address): Routine<void> {
  const { s_dev } = k.struct("super_block", sb);
  yield* shutdown(k, sb);
  freeAnonymousDevice(k, s_dev);
}
/** kill_litter_super(): for trees that only references of the file system's own keep in memory. */
export function* killLitter(k: Kernel, sb: Address): Routine<void> {
  const { s_root } = k.struct("super_block", sb);
  if (s_root !== 0) genocide(k, s_root);
  yield* killAnonymous(k, sb);
}

/** deactivate_locked_super() */
export function* deactivateLocked(k: Kernel, sb: Address): Routine<void> {
  const view = k.struct("super_block", sb);
  view.s_active.counter -= 1;
  if (view.s_active.counter > 0) return k.rwsems.upWrite(at(k, "super_block", sb, "s_umount"));
  const { s_type } = view;
  yield* k.call(k.struct("file_system_type", s_type).kill_sb, sb);
  releaseType(k, s_type);
  view.s_count -= 1;
  if (view.s_count > 0) return;
  removeInit(k.memory, at(k, "super_block", sb, "s_list"));
  freeSuper(k, sb);
}
/** deactivate_super() */
export function* deactivate(k: Kernel, sb: Address): Routine<void> {
  const { s_active } = k.struct("super_block", sb);
  if (s_active.counter > 1) {
    s_active.counter -= 1;
    return;
  }
  yield* lockUmount(k, sb);
  yield* deactivateLocked(k, sb);
}

/** Which super block of its type a mount gets. */
export type Keying = "single" | "keyed" | "independent";

/** vfs_get_super(): `fill` is the file system's fill_super(sb, fc). Sets fc->root. */
export function* superForContext(k: Kernel, fc: Address, keying: Keying, fill: Address): Routine<number> {
  const context = k.struct("fs_context", fc);
  const sb = yield* getSuper(k, {
    type: context.fs_type,
    flags: signed(context.sb_flags),
    info: context.s_fs_info,
    ...(keying === "independent"
      ? {}
      : {
          *test(old: Address) {
            return keying === "single" || k.struct("super_block", old).s_fs_info === context.s_fs_info;
          },
        }),
    set: (made) => setAnonymous(k, made),
  });
  const view = k.struct("super_block", sb);
  if (view.s_root === 0) {
    point(k, "fs_context", fc, "s_fs_info", 0);
    view.s_iflags |= BigInt(context.s_iflags);
    const error = asInt(yield* k.call(fill, sb, fc));
    if (error !== 0) {
      yield* deactivateLocked(k, sb);
      return error;
    }
    view.s_flags |= SB_ACTIVE;
  }
  point(k, "fs_context", fc, "root", getDentry(k, view.s_root));
  return 0;
}
