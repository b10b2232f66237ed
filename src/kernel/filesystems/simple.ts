/** File systems that live in memory only: what fs/libfs.c gives those that write none of it themselves. */
import type { Address } from "../../base/address.ts";
import { ENOMEM } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import {
  allocateChild,
  allocateDentry,
  childrenOf,
  dropDentry,
  getDentry,
  hashed,
  instantiate,
  isHashed,
  putDentry,
  rehash,
} from "./dentry.ts";
import { newInode, setLinks } from "./inode.ts";
import { genocide, shrink } from "./trees.ts";

const PAGE_SIZE = 4096n;
const PAGE_SHIFT = 12;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_DEAD = 16;
const NANOSECONDS = 1_000_000_000n;

/** A table of the kernel's own with these of its functions, by name of the symbol; made once. */
export const operations = (
  k: Kernel,
  kind: string,
  name: string,
  functions: Readonly<Record<string, string>>,
): Address => {
  const known = k.fileSystems.named.get(name);
  if (known !== undefined) return known;
  const table = k.statics.allocate(k.sizeOf(kind));
  k.fileSystems.named.set(name, table);
  fillOperations(k, kind, table, functions);
  return table;
};
/** Sets members of a table of operations to functions of the kernel. */
export const fillOperations = (
  k: Kernel,
  kind: string,
  table: Address,
  functions: Readonly<Record<string, string>>,
): void => {
  for (const [field, symbol] of Object.entries(functions))
    point(k, kind, table, field, k.profile.symbol(symbol)?.address ?? 0);
};

const simpleSuper = (k: Kernel): Address =>
  operations(k, "super_operations", "simple_super_operations", { statfs: "simple_statfs" });

/** current_time(): cut to what the file system can keep. */
export const currentTime = (k: Kernel, inode: Address): readonly [seconds: bigint, nanoseconds: bigint] => {
  const now = k.clock.realtime();
  const gran = BigInt(k.struct("super_block", k.struct("inode", inode).i_sb).s_time_gran || 1);
  const rest = now % NANOSECONDS;
  return [now / NANOSECONDS, rest - (rest % gran)];
};
/** All three times of an inode become now. */
export const stampInode = (k: Kernel, inode: Address): void => {
  const [seconds, nanoseconds] = currentTime(k, inode);
  for (const field of ["i_atime", "i_mtime", "i_ctime"]) {
    k.memory.setU64(at(k, "inode", inode, field), seconds);
    k.memory.setU64(at(k, "inode", inode, field) + 8, nanoseconds);
  }
};

interface SimpleSuper {
  readonly magic: bigint;
  /** 0: those of libfs. */
  readonly operations: Address;
  readonly mode: number;
}
/** A super block with the root directory of a tree in memory. Errno ENOMEM. */
export function* fillRoot(k: Kernel, sb: Address, wanted: SimpleSuper): Routine<Address> {
  const view = k.struct("super_block", sb);
  view.s_blocksize = PAGE_SIZE;
  view.s_blocksize_bits = PAGE_SHIFT;
  view.s_magic = wanted.magic;
  view.s_time_gran = 1;
  point(k, "super_block", sb, "s_op", wanted.operations === 0 ? simpleSuper(k) : wanted.operations);
  const inode = yield* newInode(k, sb);
  if (inode === 0) throw new Errno(ENOMEM);
  const root = k.struct("inode", inode);
  root.i_ino = 1n;
  root.i_mode = S_IFDIR | wanted.mode;
  stampInode(k, inode);
  return inode;
}

/** d_make_root() for an inode that was just made. Errno ENOMEM. */
export function* rootDentry(k: Kernel, inode: Address): Routine<Address> {
  const dentry = yield* allocateDentry(k, k.struct("inode", inode).i_sb);
  if (dentry === 0) throw new Errno(ENOMEM);
  instantiate(k, dentry, inode);
  return dentry;
}

interface NewFile {
  readonly text: string;
  readonly mode: number;
  readonly operations: Address;
  readonly ino: bigint;
}
function* addFile(k: Kernel, root: Address, file: NewFile): Routine<boolean> {
  const dentry = yield* allocateChild(k, root, hashed(k, root, file.text));
  if (dentry === 0) return false;
  const inode = yield* newInode(k, k.struct("dentry", root).d_sb);
  if (inode === 0) {
    yield* putDentry(k, dentry);
    return false;
  }
  const view = k.struct("inode", inode);
  view.i_mode = S_IFREG | file.mode;
  view.i_ino = file.ino;
  point(k, "inode", inode, "i_fop", file.operations);
  stampInode(k, inode);
  instantiate(k, dentry, inode);
  rehash(k, dentry);
  return true;
}

/** Entries of a struct tree_descr array are counted, as the guest may have forgotten its end. */
const MOST_FILES = 4096;

/** simple_fill_super(): `files` ends with an empty name. Errno ENOMEM. */
export function* fillSuper(k: Kernel, sb: Address, magic: bigint, files: Address): Routine<void> {
  const inode = yield* fillRoot(k, sb, { magic, operations: 0, mode: 0o755 });
  point(k, "inode", inode, "i_op", simpleDirInode(k));
  point(k, "inode", inode, "i_fop", simpleDir(k));
  setLinks(k, inode, 2);
  const root = yield* rootDentry(k, inode);
  for (let index = 0; index < MOST_FILES; index += 1) {
    const { name, ops, mode } = k.struct("tree_descr", files + index * k.sizeOf("tree_descr"));
    const text = name === 0 ? undefined : k.memory.cstring(name, 256);
    if (text === "") break;
    if (text === undefined) continue;
    if (yield* addFile(k, root, { text, mode, operations: ops, ino: BigInt(index) })) continue;
    genocide(k, root);
    yield* shrink(k, root);
    yield* putDentry(k, root);
    throw new Errno(ENOMEM);
  }
  point(k, "super_block", sb, "s_root", root);
}

export const DIRECTORY_OPERATIONS = {
  open: "dcache_dir_open",
  release: "dcache_dir_close",
  llseek: "dcache_dir_lseek",
  read: "generic_read_dir",
  iterate_shared: "dcache_readdir",
  fsync: "noop_fsync",
} as const;
const simpleDir = (k: Kernel): Address =>
  operations(k, "file_operations", "simple_dir_operations", DIRECTORY_OPERATIONS);
const simpleDirInode = (k: Kernel): Address =>
  operations(k, "inode_operations", "simple_dir_inode_operations", { lookup: "simple_lookup" });

/** simple_positive() */
export const isPositive = (k: Kernel, dentry: Address): boolean =>
  isHashed(k, dentry) && k.struct("dentry", dentry).d_inode !== 0;

/** simple_recursive_removal(): the deepest first; `callback` hears of each. */
export function* removeTree(k: Kernel, dentry: Address, callback: Address): Routine<void> {
  const { d_parent, d_inode } = k.struct("dentry", dentry);
  const directory = (k.struct("inode", d_inode).i_mode & S_IFDIR) !== 0;
  yield* removeBelow(k, dentry, callback);
  const above = k.struct("dentry", d_parent).d_inode;
  if (directory) setLinks(k, above, k.struct("inode", above).__i_nlink - 1);
}
function* removeBelow(k: Kernel, dentry: Address, callback: Address): Routine<void> {
  const inode = k.struct("dentry", dentry).d_inode;
  if (inode !== 0) k.struct("inode", inode).i_flags |= S_DEAD;
  for (const child of childrenOf(k, dentry)) if (isPositive(k, child)) yield* removeBelow(k, child, callback);
  if (!isPositive(k, dentry)) return;
  getDentry(k, dentry);
  dropDentry(k, dentry);
  yield* shrink(k, dentry);
  setLinks(k, inode, 0);
  if (callback !== 0) yield* k.call(callback, dentry);
  yield* putDentry(k, dentry);
  yield* putDentry(k, dentry);
}
