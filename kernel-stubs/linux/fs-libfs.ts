/** include/linux/fs.h: file systems in memory, as fs/libfs.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL, EISDIR, ENAMETOOLONG, ENOTEMPTY } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import {
  childrenOf,
  getDentry,
  instantiate,
  putDentry,
  rehash,
  setOperations,
} from "../../src/kernel/filesystems/dentry.ts";
import { setLinks } from "../../src/kernel/filesystems/inode.ts";
import {
  DIRECTORY_OPERATIONS,
  fillOperations,
  fillSuper,
  isPositive,
  operations,
  removeTree,
  stampInode,
} from "../../src/kernel/filesystems/simple.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const NAME_MAX = 255;
const PAGE_SIZE = 4096n;

export const simpleDirOperations = variable(
  "const struct file_operations simple_dir_operations",
  (k, { address }) => fillOperations(k, "file_operations", address, DIRECTORY_OPERATIONS),
);
export const simpleDirInodeOperations = variable(
  "const struct inode_operations simple_dir_inode_operations",
  (k, { address }) => fillOperations(k, "inode_operations", address, { lookup: "simple_lookup" }),
);
export const simpleDentryOperations = variable(
  "const struct dentry_operations simple_dentry_operations",
  (k, { address }) => fillOperations(k, "dentry_operations", address, { d_delete: "always_delete_dentry" }),
);
export const simpleSymlinkInodeOperations = variable(
  "const struct inode_operations simple_symlink_inode_operations",
  (k, { address }) => fillOperations(k, "inode_operations", address, { get_link: "simple_get_link" }),
);

export const simpleStatfs = stub(
  "int simple_statfs(struct dentry *dentry, struct kstatfs *buf)",
  (k, { dentry, buf }) => {
    const view = k.struct("kstatfs", buf);
    view.f_type = k.struct("super_block", k.struct("dentry", dentry).d_sb).s_magic;
    view.f_bsize = PAGE_SIZE;
    view.f_namelen = BigInt(NAME_MAX);
    return 0;
  },
);
export const simpleLookup = stub(
  "struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)",
  { fails: ["ENAMETOOLONG"], errPtr: true },
  (k, { dentry }) => {
    const view = k.struct("dentry", dentry);
    if (view.d_name.len > NAME_MAX) throw new Errno(ENAMETOOLONG);
    if (k.struct("super_block", view.d_sb).s_d_op === 0) {
      const table = operations(k, "dentry_operations", "simple_dentry_operations", {
        d_delete: "always_delete_dentry",
      });
      setOperations(k, dentry, table);
    }
    rehash(k, dentry);
    return 0;
  },
);
export const genericReadDir = stub(
  "ssize_t generic_read_dir(struct file *filp, char *buf, size_t siz, loff_t *ppos)",
  { fails: ["EISDIR"] },
  () => {
    throw new Errno(EISDIR);
  },
);

/** dcache_dir_open() makes a cursor; a place in the list of children is enough here. */
export const dcacheDirOpen = stub("int dcache_dir_open(struct inode *inode, struct file *file)", () => 0);
export const dcacheDirClose = stub("int dcache_dir_close(struct inode *inode, struct file *file)", () => 0);
export const dcacheDirLseek = stub(
  "loff_t dcache_dir_lseek(struct file *file, loff_t offset, int whence)",
  { fails: ["EINVAL"] },
  (k, { file, offset, whence }) => {
    const view = k.struct("file", file);
    const to = whence === 1 ? offset + view.f_pos : offset;
    if (whence > 1 || to < 0) throw new Errno(EINVAL);
    view.f_pos = to;
    return to;
  },
);
/** dir_emit(): false when the reader has enough. */
function* emit(k: Kernel, context: Address, name: Address, length: number, inode: Address): Routine<boolean> {
  const view = k.struct("dir_context", context);
  const { i_ino, i_mode } = k.struct("inode", inode);
  const answer = yield* k.call(view.actor, context, name, length, view.pos, i_ino, (i_mode >> 12) & 15);
  return (answer & 0xffn) !== 0n;
}
export const dcacheReaddir = stub(
  "int dcache_readdir(struct file *file, struct dir_context *ctx)",
  {
    level: { partial: "a directory that changes while it is read is read by place, not by cursor" },
    sleeps: true,
  },
  function* (k, { file, ctx }) {
    const { dentry } = k.struct("file", file).f_path;
    const view = k.struct("dir_context", ctx);
    const dots = k.heap.internal(Uint8Array.of(46, 46, 0));
    try {
      for (; view.pos < 2; view.pos += 1) {
        const above = view.pos === 0 ? dentry : k.struct("dentry", dentry).d_parent;
        const { d_inode } = k.struct("dentry", above);
        if (!(yield* emit(k, ctx, dots + 1 - view.pos, view.pos + 1, d_inode))) return 0;
      }
    } finally {
      k.heap.kfree(dots);
    }
    const children = [...childrenOf(k, dentry)].filter((child) => isPositive(k, child));
    for (const child of children.slice(view.pos - 2)) {
      const { d_name, d_inode } = k.struct("dentry", child);
      if (!(yield* emit(k, ctx, d_name.name, d_name.len, d_inode))) return 0;
      view.pos += 1;
    }
    return 0;
  },
);

const isEmpty = (k: Kernel, dentry: Address): boolean =>
  ![...childrenOf(k, dentry)].some((child) => isPositive(k, child));
export const simpleEmpty = stub("int simple_empty(struct dentry *dentry)", (k, { dentry }) =>
  Number(isEmpty(k, dentry)),
);
/** The name goes, and the reference that kept it. */
function* unlink(k: Kernel, dentry: Address): Routine<void> {
  const inode = k.struct("dentry", dentry).d_inode;
  setLinks(k, inode, k.struct("inode", inode).__i_nlink - 1);
  yield* putDentry(k, dentry);
}
export const simpleUnlink = stub(
  "int simple_unlink(struct inode *dir, struct dentry *dentry)",
  { sleeps: true },
  function* (k, { dir, dentry }) {
    stampInode(k, dir);
    yield* unlink(k, dentry);
    return 0;
  },
);
export const simpleRmdir = stub(
  "int simple_rmdir(struct inode *dir, struct dentry *dentry)",
  { fails: ["ENOTEMPTY"], sleeps: true },
  function* (k, { dir, dentry }) {
    if (!isEmpty(k, dentry)) throw new Errno(ENOTEMPTY);
    const inode = k.struct("dentry", dentry).d_inode;
    setLinks(k, inode, k.struct("inode", inode).__i_nlink - 1);
    stampInode(k, dir);
    yield* unlink(k, dentry);
    setLinks(k, dir, k.struct("inode", dir).__i_nlink - 1);
    return 0;
  },
);
export const simpleLink = stub(
  "int simple_link(struct dentry *old_dentry, struct inode *dir, struct dentry *dentry)",
  (k, { old_dentry, dir, dentry }) => {
    const inode = k.struct("dentry", old_dentry).d_inode;
    stampInode(k, dir);
    setLinks(k, inode, k.struct("inode", inode).__i_nlink + 1);
    k.struct("inode", inode).i_count.counter += 1;
    getDentry(k, dentry);
    instantiate(k, dentry, inode);
    return 0;
  },
);
export const simpleFillSuper = stub(
  "int simple_fill_super(struct super_block *s, unsigned long magic, const struct tree_descr *files)",
  { fails: ["ENOMEM"], sleeps: true },
  function* (k, { s, magic, files }) {
    yield* fillSuper(k, s, magic, files);
    return 0;
  },
);
export const simpleRecursiveRemoval = stub(
  "void simple_recursive_removal(struct dentry *dentry, void (*callback)(struct dentry *))",
  { sleeps: true },
  function* (k, { dentry, callback }) {
    yield* removeTree(k, dentry, callback);
  },
);
export const simpleGetLink = stub(
  "const char *simple_get_link(struct dentry *dentry, struct inode *inode, struct delayed_call *done)",
  (k, { inode }) => k.struct("inode", inode).i_link,
);
export const simpleNosetlease = stub(
  "int simple_nosetlease(struct file *filp, long arg, struct file_lock **flp, void **priv)",
  { fails: ["EINVAL"] },
  () => {
    throw new Errno(EINVAL);
  },
);
export const genericDeleteInode = stub("int generic_delete_inode(struct inode *inode)", () => 1);
