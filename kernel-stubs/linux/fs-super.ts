/** include/linux/fs.h: super blocks, as fs/super.c does it. */

import { asInt } from "../../src/abi/calls.ts";
import { Errno } from "../../src/base/errors.ts";
import { point } from "../../src/kernel/data/members.ts";
import { SB_ACTIVE } from "../../src/kernel/filesystems/inode.ts";
import { getDentry } from "../../src/kernel/filesystems/dentry.ts";
import {
  type Wanted,
  deactivate,
  deactivateLocked,
  freeAnonymousDevice,
  getSuper,
  killAnonymous,
  killLitter,
  setAnonymous,
  shutdown,
  signed,
  superForContext,
  takeAnonymousDevice,
} from "../../src/kernel/filesystems/super.ts";

import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const TREE = { fails: ["ENOMEM", "EMFILE"], sleeps: true } as const;

export const getTreeSingle = stub(
  `int get_tree_single(struct fs_context *fc,
      int (*fill_super)(struct super_block *, struct fs_context *))`,
  TREE,
  function* (k, { fc, fill_super }) {
    return yield* superForContext(k, fc, "single", fill_super);
  },
);
export const getTreeNodev = stub(
  `int get_tree_nodev(struct fs_context *fc,
      int (*fill_super)(struct super_block *, struct fs_context *))`,
  TREE,
  function* (k, { fc, fill_super }) {
    return yield* superForContext(k, fc, "independent", fill_super);
  },
);
export const getTreeKeyed = stub(
  `int get_tree_keyed(struct fs_context *fc,
      int (*fill_super)(struct super_block *, struct fs_context *), void *key)`,
  TREE,
  function* (k, { fc, fill_super, key }) {
    point(k, "fs_context", fc, "s_fs_info", key);
    return yield* superForContext(k, fc, "keyed", fill_super);
  },
);

const FOUND = { fails: ["ENOMEM", "EBUSY", "EPERM"], errPtr: true, sleeps: true } as const;
export const sget = stub(
  `struct super_block *sget(struct file_system_type *type, int (*test)(struct super_block *, void *),
      int (*set)(struct super_block *, void *), int flags, void *data)`,
  FOUND,
  function* (k, { type, test, set, flags, data }) {
    return yield* getSuper(k, {
      type,
      flags: signed(flags),
      ...asked(k, test, data),
      *set(sb) {
        return asInt(yield* k.call(set, sb, data));
      },
    });
  },
);
const asked = (k: Kernel, test: Address, data: Address): Pick<Wanted, "test"> =>
  test === 0
    ? {}
    : {
        *test(sb: Address): Routine<boolean> {
          return asInt(yield* k.call(test, sb, data)) !== 0;
        },
      };
export const sgetFc = stub(
  `struct super_block *sget_fc(struct fs_context *fc, int (*test)(struct super_block *, struct fs_context *),
      int (*set)(struct super_block *, struct fs_context *))`,
  FOUND,
  function* (k, { fc, test, set }) {
    const { fs_type, sb_flags, s_fs_info } = k.struct("fs_context", fc);
    const sb = yield* getSuper(k, {
      type: fs_type,
      flags: signed(sb_flags),
      info: s_fs_info,
      ...asked(k, test, fc),
      *set(made) {
        return asInt(yield* k.call(set, made, fc));
      },
    });
    point(k, "fs_context", fc, "s_fs_info", 0);
    return sb;
  },
);
export const mountNodev = stub(
  `struct dentry *mount_nodev(struct file_system_type *fs_type, int flags, void *data,
      int (*fill_super)(struct super_block *, void *, int))`,
  FOUND,
  function* (k, { fs_type, flags, data, fill_super }) {
    const sb = yield* getSuper(k, {
      type: fs_type,
      flags: signed(flags),
      set: (made) => setAnonymous(k, made),
    });
    return yield* filled(k, sb, fill_super, data, flags);
  },
);
export const mountSingle = stub(
  `struct dentry *mount_single(struct file_system_type *fs_type, int flags, void *data,
      int (*fill_super)(struct super_block *, void *, int))`,
  FOUND,
  function* (k, { fs_type, flags, data, fill_super }) {
    const sb = yield* getSuper(k, {
      type: fs_type,
      flags: signed(flags),
      *test() {
        return true;
      },
      set: (made) => setAnonymous(k, made),
    });
    return yield* filled(k, sb, fill_super, data, flags);
  },
);
const SB_SILENT = 0x8000;
/** The root of a super block, which its file system fills if it is new. */
function* filled(k: Kernel, sb: Address, fill: Address, data: Address, flags: number): Routine<Address> {
  const view = k.struct("super_block", sb);
  if (view.s_root === 0) {
    const error = asInt(yield* k.call(fill, sb, data, (flags & SB_SILENT) === 0 ? 0 : 1));
    if (error !== 0) {
      yield* deactivateLocked(k, sb);
      throw new Errno(Math.abs(error));
    }
    view.s_flags |= SB_ACTIVE;
  }
  return getDentry(k, view.s_root);
}

export const killAnonSuper = stub(
  "void kill_anon_super(struct super_block *sb)",
  { sleeps: true },
  function* (k, { sb }) {
    yield* killAnonymous(k, sb);
  },
);
export const killLitterSuper = stub(
  "void kill_litter_super(struct super_block *sb)",
  { sleeps: true },
  function* (k, { sb }) {
    yield* killLitter(k, sb);
  },
);
export const genericShutdownSuper = stub(
  "void generic_shutdown_super(struct super_block *sb)",
  { sleeps: true },
  function* (k, { sb }) {
    yield* shutdown(k, sb);
  },
);
export const deactivateLockedSuper = stub(
  "void deactivate_locked_super(struct super_block *s)",
  { sleeps: true },
  function* (k, { s }) {
    yield* deactivateLocked(k, s);
  },
);
export const deactivateSuper = stub(
  "void deactivate_super(struct super_block *s)",
  { sleeps: true },
  function* (k, { s }) {
    yield* deactivate(k, s);
  },
);

export const setAnonSuper = stub(
  "int set_anon_super(struct super_block *s, void *data)",
  { fails: ["ENOMEM", "EMFILE"] },
  function* (k, { s }) {
    return yield* setAnonymous(k, s);
  },
);
export const setAnonSuperFc = stub(
  "int set_anon_super_fc(struct super_block *sb, struct fs_context *fc)",
  { fails: ["ENOMEM", "EMFILE"] },
  function* (k, { sb }) {
    return yield* setAnonymous(k, sb);
  },
);
export const getAnonBdev = stub(
  "int get_anon_bdev(dev_t *p)",
  { fails: ["ENOMEM", "EMFILE"] },
  (k, { p }) => {
    k.memory.setU32(p, takeAnonymousDevice(k));
    return 0;
  },
);
export const freeAnonBdev = stub("void free_anon_bdev(dev_t dev)", (k, { dev }) =>
  freeAnonymousDevice(k, dev),
);
