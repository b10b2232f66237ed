/** Names of files in file systems that modules bring along: struct dentry in guest memory (fs/dcache.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { addFirst, entries, initList, removeInit } from "../data/guest-list.ts";
import { addFake, addHead, isUnhashed, unhash } from "../data/hlist.ts";
import { at, point } from "../data/members.ts";
import { nameHash } from "../data/name-hash.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { putInode } from "./inode.ts";

/** include/linux/dcache.h */
export const DCACHE = {
  OP_HASH: 1,
  OP_COMPARE: 2,
  OP_REVALIDATE: 4,
  OP_DELETE: 8,
  OP_PRUNE: 0x10,
  DISCONNECTED: 0x20,
  DONTCACHE: 0x80,
  GENOCIDE: 0x200,
  OP_WEAK_REVALIDATE: 0x800,
  ENTRY_TYPE: 0x70_0000,
  DIRECTORY: 0x20_0000,
  AUTODIR: 0x30_0000,
  REGULAR: 0x40_0000,
  SPECIAL: 0x50_0000,
  SYMLINK: 0x60_0000,
  OP_REAL: 0x400_0000,
  CURSOR: 0x2000_0000,
} as const;
const INLINE_LENGTH = 32;
/** struct external_name before the name. */
const EXTERNAL_NAME = 16;
const DEAD = -128;
const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

export interface Name {
  readonly text: ByteString;
  readonly hash: number;
}

export const nameOf = (k: Kernel, dentry: Address): ByteString => {
  const { name, len } = k.struct("dentry", dentry).d_name;
  return k.memory.cstring(name, Math.min(len, 255) + 1);
};
export const nameAt = (k: Kernel, qstr: Address): Name => {
  const { name, len, hash } = k.struct("qstr", qstr);
  return { text: k.memory.cstring(name, Math.min(len, 255) + 1).slice(0, len), hash };
};
/** The name with its hash below `parent`. */
export const hashed = (k: Kernel, parent: Address, text: ByteString): Name => {
  const copy = k.heap.internal(new Uint8Array(text.length + 1));
  k.memory.setCstring(copy, text);
  const hash = nameHash(k, parent, copy, text.length);
  k.heap.kfree(copy);
  return { text, hash };
};

export const getDentry = (k: Kernel, dentry: Address): Address => {
  k.struct("dentry", dentry).d_lockref.count += 1;
  return dentry;
};

/** d_set_d_op() */
export const setOperations = (k: Kernel, dentry: Address, operations: Address): void => {
  point(k, "dentry", dentry, "d_op", operations);
  if (operations === 0) return;
  const op = k.struct("dentry_operations", operations);
  k.struct("dentry", dentry).d_flags |=
    (op.d_hash === 0 ? 0 : DCACHE.OP_HASH) |
    (op.d_compare === 0 ? 0 : DCACHE.OP_COMPARE) |
    (op.d_revalidate === 0 ? 0 : DCACHE.OP_REVALIDATE) |
    (op.d_weak_revalidate === 0 ? 0 : DCACHE.OP_WEAK_REVALIDATE) |
    (op.d_delete === 0 ? 0 : DCACHE.OP_DELETE) |
    (op.d_prune === 0 ? 0 : DCACHE.OP_PRUNE) |
    (op.d_real === 0 ? 0 : DCACHE.OP_REAL);
};

const freeName = (k: Kernel, dentry: Address): void => {
  const { name } = k.struct("dentry", dentry).d_name;
  if (name !== 0 && name !== at(k, "dentry", dentry, "d_iname")) k.heap.kfree(name - EXTERNAL_NAME);
};

/** Copies the name; the old one, if there is one, is given back. */
export const storeName = (k: Kernel, dentry: Address, { text, hash }: Name): void => {
  freeName(k, dentry);
  const inline = at(k, "dentry", dentry, "d_iname");
  const long = text.length >= INLINE_LENGTH;
  const to = long ? k.heap.internal(new Uint8Array(EXTERNAL_NAME + text.length + 1)) + EXTERNAL_NAME : inline;
  k.memory.setCstring(to, text);
  point(k, "dentry", dentry, "d_name.name", to);
  const { d_name } = k.struct("dentry", dentry);
  d_name.len = text.length;
  d_name.hash = hash;
};
/** __d_alloc(): one reference, no parent, no inode; 0 when the file system refuses. */
export function* allocateDentry(
  k: Kernel,
  sb: Address,
  name: Name = { text: "/", hash: 0 },
): Routine<Address> {
  const dentry = k.heap.internal(new Uint8Array(k.sizeOf("dentry")));
  storeName(k, dentry, name);
  k.struct("dentry", dentry).d_lockref.count = 1;
  point(k, "dentry", dentry, "d_parent", dentry);
  point(k, "dentry", dentry, "d_sb", sb);
  for (const list of ["d_lru", "d_subdirs", "d_child"]) initList(k.memory, at(k, "dentry", dentry, list));
  setOperations(k, dentry, k.struct("super_block", sb).s_d_op);
  const { d_op } = k.struct("dentry", dentry);
  const init = d_op === 0 ? 0 : k.struct("dentry_operations", d_op).d_init;
  if (init === 0 || asInt(yield* k.call(init, dentry)) === 0) return dentry;
  freeName(k, dentry);
  k.heap.kfree(dentry);
  return 0;
}

/** d_alloc() */
export function* allocateChild(k: Kernel, parent: Address, name: Name): Routine<Address> {
  const dentry = yield* allocateDentry(k, k.struct("dentry", parent).d_sb, name);
  if (dentry === 0) return 0;
  point(k, "dentry", dentry, "d_parent", getDentry(k, parent));
  addFirst(k.memory, at(k, "dentry", dentry, "d_child"), at(k, "dentry", parent, "d_subdirs"));
  k.struct("dentry", dentry).d_flags |= k.struct("dentry", parent).d_flags & DCACHE.DISCONNECTED;
  return dentry;
}

/** d_flags_for_inode() */
const typeOf = (k: Kernel, inode: Address): number => {
  const { i_mode, i_op } = k.struct("inode", inode);
  const operations = k.struct("inode_operations", i_op);
  if ((i_mode & S_IFMT) === S_IFDIR) return operations.lookup === 0 ? DCACHE.AUTODIR : DCACHE.DIRECTORY;
  if (operations.get_link !== 0) return DCACHE.SYMLINK;
  return (i_mode & S_IFMT) === S_IFREG ? DCACHE.REGULAR : DCACHE.SPECIAL;
};

/** d_instantiate(): the dentry takes over the caller's reference to the inode. */
export const instantiate = (k: Kernel, dentry: Address, inode: Address): void => {
  if (inode === 0) return;
  addHead(k.memory, at(k, "dentry", dentry, "d_u"), at(k, "inode", inode, "i_dentry"));
  point(k, "dentry", dentry, "d_inode", inode);
  const view = k.struct("dentry", dentry);
  view.d_flags = (view.d_flags & ~DCACHE.ENTRY_TYPE) | typeOf(k, inode);
};

export const isHashed = (k: Kernel, dentry: Address): boolean =>
  !isUnhashed(k.memory, at(k, "dentry", dentry, "d_hash"));
/** d_rehash(): can be found. */
export const rehash = (k: Kernel, dentry: Address): void =>
  addFake(k.memory, at(k, "dentry", dentry, "d_hash"));
/** d_drop() */
export const dropDentry = (k: Kernel, dentry: Address): void => {
  if (isHashed(k, dentry)) unhash(k.memory, at(k, "dentry", dentry, "d_hash"));
};

export function* childrenOf(k: Kernel, dentry: Address): Generator<Address> {
  const offset = k.offsetOf("dentry", "d_child");
  for (const entry of entries(k.memory, at(k, "dentry", dentry, "d_subdirs"))) yield entry - offset;
}

const sameName = function* (k: Kernel, parent: Address, dentry: Address, name: Name): Routine<boolean> {
  const { d_name, d_op } = k.struct("dentry", dentry);
  const { d_flags, d_op: above } = k.struct("dentry", parent);
  if ((d_flags & DCACHE.OP_COMPARE) === 0)
    return d_name.hash === name.hash && nameOf(k, dentry) === name.text;
  if (d_op === 0 || above === 0) return false;
  const text = k.heap.internal(new Uint8Array(name.text.length + 1));
  const qstr = k.heap.internal(new Uint8Array(k.sizeOf("qstr")));
  k.memory.setCstring(text, name.text);
  point(k, "qstr", qstr, "name", text);
  Object.assign(k.struct("qstr", qstr), { len: name.text.length, hash: name.hash });
  try {
    const { d_compare } = k.struct("dentry_operations", above);
    return asInt(yield* k.call(d_compare, dentry, d_name.len, d_name.name, qstr)) === 0;
  } finally {
    k.heap.kfree(text);
    k.heap.kfree(qstr);
  }
};

/** d_lookup(): with one more reference; 0 for none. */
export function* lookUp(k: Kernel, parent: Address, name: Name): Routine<Address> {
  for (const dentry of childrenOf(k, parent)) {
    if (!isHashed(k, dentry)) continue;
    if (yield* sameName(k, parent, dentry, name)) return getDentry(k, dentry);
  }
  return 0;
}

/** dentry_unlink_inode() */
export function* unlinkInode(k: Kernel, dentry: Address): Routine<void> {
  const view = k.struct("dentry", dentry);
  const { d_inode, d_op } = view;
  view.d_flags &= ~DCACHE.ENTRY_TYPE;
  point(k, "dentry", dentry, "d_inode", 0);
  unhash(k.memory, at(k, "dentry", dentry, "d_u"));
  const iput = d_op === 0 ? 0 : k.struct("dentry_operations", d_op).d_iput;
  if (iput === 0) yield* putInode(k, d_inode);
  else yield* k.call(iput, dentry, d_inode);
}

const freeDentry = (k: Kernel, dentry: Address): void => {
  freeName(k, dentry);
  k.heap.kfree(dentry);
};

/** __dentry_kill(): answers with the parent, whose reference is still to be given back; 0 for none. */
export function* killDentry(k: Kernel, dentry: Address): Routine<Address> {
  const view = k.struct("dentry", dentry);
  const { d_parent, d_op } = view;
  view.d_lockref.count = DEAD;
  if ((view.d_flags & DCACHE.OP_PRUNE) !== 0) {
    yield* k.call(k.struct("dentry_operations", d_op).d_prune, dentry);
  }
  dropDentry(k, dentry);
  removeInit(k.memory, at(k, "dentry", dentry, "d_child"));
  if (view.d_inode !== 0) yield* unlinkInode(k, dentry);
  const release = d_op === 0 ? 0 : k.struct("dentry_operations", d_op).d_release;
  if (release !== 0) yield* k.call(release, dentry);
  const head = at(k, "dentry", dentry, "d_u");
  const callback = k.hostCode.address("__d_free", (rcu = 0) => {
    freeDentry(k, rcu - k.offsetOf("dentry", "d_u"));
    return 0;
  });
  point(k, "callback_head", head, "func", callback);
  k.rcu.later("rcu", head);
  return d_parent === dentry ? 0 : d_parent;
}

/** retain_dentry() */
function* isKept(k: Kernel, dentry: Address): Routine<boolean> {
  const { d_flags, d_op } = k.struct("dentry", dentry);
  if (!isHashed(k, dentry) || (d_flags & DCACHE.DISCONNECTED) !== 0) return false;
  if ((d_flags & DCACHE.OP_DELETE) !== 0) {
    if (asInt(yield* k.call(k.struct("dentry_operations", d_op).d_delete, dentry)) !== 0) return false;
  }
  return (d_flags & DCACHE.DONTCACHE) === 0;
}

/** dput() */
export function* putDentry(k: Kernel, first: Address): Routine<void> {
  let dentry = first;
  while (dentry !== 0) {
    const { d_lockref } = k.struct("dentry", dentry);
    if (d_lockref.count > 1 || (yield* isKept(k, dentry))) {
      d_lockref.count -= 1;
      return;
    }
    dentry = yield* killDentry(k, dentry);
  }
}
