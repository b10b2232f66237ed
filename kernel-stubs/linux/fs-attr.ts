/** include/linux/fs.h: attributes of files and who may do what (fs/attr.c, stat.c, namei.c, libfs.c). */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { EACCES, EFBIG, EPERM, EROFS, ETXTBSY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { at } from "../../src/kernel/data/members.ts";
import { currentTime } from "../../src/kernel/filesystems/simple.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const MAY_EXEC = 1;
const MAY_WRITE = 2;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const SPECIAL = [0o020000, 0o060000, 0o010000, 0o140000];
const S_IMMUTABLE = 8;
const S_SWAPFILE = 0x100;
const SB_RDONLY = 1n;
/** include/linux/fs.h, ATTR_* */
const ATTR = {
  MODE: 1,
  UID: 2,
  GID: 4,
  SIZE: 8,
  ATIME: 0x10,
  MTIME: 0x20,
  CTIME: 0x40,
  FORCE: 0x200,
  TIMES_SET: 0x10000,
};
const TIMESPEC = 16;

const copyTime = (k: Kernel, from: Address, to: Address): void =>
  k.memory.write(to, k.memory.bytes(from, TIMESPEC));

/** inode_newsize_ok() */
const checkSize = (k: Kernel, inode: Address, size: number): void => {
  const view = k.struct("inode", inode);
  const grows = size > view.i_size;
  if (grows && size > k.struct("super_block", view.i_sb).s_maxbytes) throw new Errno(EFBIG);
  if (!grows && (view.i_flags & S_SWAPFILE) !== 0) throw new Errno(ETXTBSY);
};
export const inodeNewsizeOk = stub(
  "int inode_newsize_ok(const struct inode *inode, loff_t offset)",
  { fails: ["EFBIG", "ETXTBSY"] },
  (k, { inode, offset }) => {
    checkSize(k, inode, offset);
    return 0;
  },
);
/** Whoever works here is root, who owns what he likes. */
export const setattrPrepare = stub(
  "int setattr_prepare(struct user_namespace *mnt_userns, struct dentry *dentry, struct iattr *attr)",
  { fails: ["EPERM", "EFBIG", "ETXTBSY"] },
  (k, { dentry, attr }) => {
    const { ia_valid, ia_size } = k.struct("iattr", attr);
    const inode = k.struct("dentry", dentry).d_inode;
    if ((ia_valid & ATTR.SIZE) !== 0) checkSize(k, inode, ia_size);
    return 0;
  },
);
const copyAttributes = (k: Kernel, inode: Address, attr: Address): void => {
  const [to, from] = [k.struct("inode", inode), k.struct("iattr", attr)];
  const wants = (bit: number): boolean => (from.ia_valid & bit) !== 0;
  if (wants(ATTR.UID)) to.i_uid.val = from.ia_uid.val;
  if (wants(ATTR.GID)) to.i_gid.val = from.ia_gid.val;
  for (const [bit, source, target] of [
    [ATTR.ATIME, "ia_atime", "i_atime"],
    [ATTR.MTIME, "ia_mtime", "i_mtime"],
    [ATTR.CTIME, "ia_ctime", "i_ctime"],
  ] as const)
    if (wants(bit)) copyTime(k, at(k, "iattr", attr, source), at(k, "inode", inode, target));
  if (wants(ATTR.MODE)) to.i_mode = from.ia_mode;
};
export const setattrCopy = stub(
  "void setattr_copy(struct user_namespace *mnt_userns, struct inode *inode, const struct iattr *attr)",
  (k, { inode, attr }) => copyAttributes(k, inode, attr),
);
export const simpleSetattr = stub(
  "int simple_setattr(struct user_namespace *mnt_userns, struct dentry *dentry, struct iattr *iattr)",
  { fails: ["EPERM", "EFBIG", "ETXTBSY"] },
  (k, { dentry, iattr }) => {
    const inode = k.struct("dentry", dentry).d_inode;
    const { ia_valid, ia_size } = k.struct("iattr", iattr);
    if ((ia_valid & ATTR.SIZE) !== 0) {
      checkSize(k, inode, ia_size);
      k.struct("inode", inode).i_size = ia_size;
    }
    copyAttributes(k, inode, iattr);
    return 0;
  },
);
export const genericFillattr = stub(
  "void generic_fillattr(struct user_namespace *mnt_userns, struct inode *inode, struct kstat *stat)",
  (k, { inode, stat }) => {
    const [from, to] = [k.struct("inode", inode), k.struct("kstat", stat)];
    to.dev = k.struct("super_block", from.i_sb).s_dev;
    to.ino = from.i_ino;
    to.mode = from.i_mode;
    to.nlink = from.__i_nlink;
    to.uid.val = from.i_uid.val;
    to.gid.val = from.i_gid.val;
    to.rdev = from.i_rdev;
    to.size = from.i_size;
    for (const time of ["atime", "mtime", "ctime"])
      copyTime(k, at(k, "inode", inode, `i_${time}`), at(k, "kstat", stat, time));
    to.blksize = 2 ** from.i_blkbits;
    to.blocks = from.i_blocks;
  },
);
export const inodeSetCtimeCurrent = stub(
  "struct timespec64 inode_set_ctime_current(struct inode *inode)",
  (k, { inode }) => {
    const now = currentTime(k, inode);
    const ctime = at(k, "inode", inode, "i_ctime");
    k.memory.setU64(ctime, now[0]);
    k.memory.setU64(ctime + 8, now[1]);
    return now as never;
  },
);

/** generic_permission() for root: nobody runs a file that nobody may run. */
const checkMode = (k: Kernel, inode: Address, mask: number): void => {
  const { i_mode } = k.struct("inode", inode);
  if ((i_mode & S_IFMT) === S_IFDIR) return;
  if ((mask & MAY_EXEC) !== 0 && (i_mode & 0o111) === 0) throw new Errno(EACCES);
};
export const genericPermission = stub(
  "int generic_permission(struct user_namespace *mnt_userns, struct inode *inode, int mask)",
  { fails: ["EACCES"] },
  (k, { inode, mask }) => {
    checkMode(k, inode, mask);
    return 0;
  },
);
export const inodePermission = stub(
  "int inode_permission(struct user_namespace *mnt_userns, struct inode *inode, int mask)",
  { fails: ["EACCES", "EROFS", "EPERM"], sleeps: true },
  function* (k, { mnt_userns, inode, mask }) {
    const view = k.struct("inode", inode);
    if ((mask & MAY_WRITE) !== 0) {
      const writable = SPECIAL.includes(view.i_mode & S_IFMT);
      if (!writable && (k.struct("super_block", view.i_sb).s_flags & SB_RDONLY) !== 0n)
        throw new Errno(EROFS);
      if ((view.i_flags & S_IMMUTABLE) !== 0) throw new Errno(EPERM);
    }
    const { permission } = k.struct("inode_operations", view.i_op);
    if (permission !== 0) return asInt(yield* k.call(permission, mnt_userns, inode, mask));
    checkMode(k, inode, mask);
    return 0;
  },
);
export const inodeOwnerOrCapable = stub(
  "bool inode_owner_or_capable(struct user_namespace *mnt_userns, const struct inode *inode)",
  { fails: ["FALSE"] },
  () => true,
);
/** Root is in all groups that it needs to be in. */
export const inGroupP = stub("int in_group_p(kgid_t grp)", { fails: ["ZERO"] }, (_k, { grp }) =>
  grp === 0 ? 1 : 0,
);
