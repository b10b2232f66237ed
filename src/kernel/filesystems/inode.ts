/** Inodes of file systems that modules bring along: struct inode in guest memory (fs/inode.c). */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { ENXIO } from "../../base/errno.ts";
import { addFirst, entries, initList, removeInit } from "../data/guest-list.ts";
import { isUnhashed, unhash } from "../data/hlist.ts";
import { at, point } from "../data/members.ts";
import type { Kernel } from "../kernel.ts";
import { initRwsem } from "../locks/initialise.ts";
import type { Routine } from "../routine.ts";

/** include/linux/fs.h */
export const I_NEW = 1n << 3n;
const I_FREEING = 1n << 5n;
const I_CLEAR = 1n << 6n;
const I_DONTCACHE = 1n << 16n;
export const SB_ACTIVE = 1n << 30n;
const GFP_HIGHUSER_MOVABLE = 0x1100cca;
const ACL_NOT_CACHED = -1;
const IOP_XATTR = 8;
const LISTS = ["i_devices", "i_io_list", "i_wb_list", "i_lru", "i_sb_list"];
/** What inode_init_always() sets to 0, with its bytes where it is no pointer. */
const ZEROED: readonly (readonly [field: string, size: number])[] = [
  ["i_flags", 4],
  ["i_sequence", 8],
  ["i_ino", 8],
  ["i_uid", 4],
  ["i_gid", 4],
  ["i_writecount", 4],
  ["i_size", 8],
  ["i_write_hint", 1],
  ["i_blocks", 8],
  ["i_bytes", 2],
  ["i_generation", 4],
  ["i_pipe", 8],
  ["i_cdev", 8],
  ["i_link", 8],
  ["i_dir_seq", 4],
  ["i_rdev", 4],
  ["dirtied_when", 8],
  ["i_lock", 4],
  ["i_dio_count", 4],
  ["i_private", 8],
  ["i_dentry", 8],
  ["i_fsnotify_mask", 4],
  ["i_flctx", 8],
  ["i_state", 8],
];

/** inode_init_once(): what a cache's constructor does for its inodes. */
export const initOnce = (k: Kernel, inode: Address): void => {
  k.memory.fill(inode, 0, k.sizeOf("inode"));
  for (const list of LISTS) initList(k.memory, at(k, "inode", inode, list));
  const mapping = at(k, "inode", inode, "i_data");
  initRwsem(k, at(k, "address_space", mapping, "i_mmap_rwsem"));
  initList(k.memory, at(k, "address_space", mapping, "private_list"));
};

/** What opens a file whose file system has not said how. */
const noOpen = (k: Kernel): Address => {
  const table = k.fileSystems.table("file_operations");
  if (k.struct("file_operations", table).open === 0)
    point(
      k,
      "file_operations",
      table,
      "open",
      k.hostCode.address("no_open", () => -ENXIO),
    );
  return table;
};

/** inode_init_always() */
export const initAlways = (k: Kernel, sb: Address, inode: Address): void => {
  const view = k.struct("inode", inode);
  const superBlock = k.struct("super_block", sb);
  const mapping = at(k, "inode", inode, "i_data");
  const set = (field: string, value: Address): void => point(k, "inode", inode, field, value);
  for (const [field, size] of ZEROED) k.memory.fill(at(k, "inode", inode, field), 0, size);
  set("i_sb", sb);
  view.i_blkbits = superBlock.s_blocksize_bits;
  view.i_count.counter = 1;
  set("i_op", k.fileSystems.table("inode_operations"));
  set("i_fop", noOpen(k));
  view.__i_nlink = 1;
  view.i_opflags = superBlock.s_xattr === 0 ? 0 : IOP_XATTR;
  set("i_acl", ACL_NOT_CACHED);
  set("i_default_acl", ACL_NOT_CACHED);
  initRwsem(k, at(k, "inode", inode, "i_rwsem"));
  initRwsem(k, at(k, "address_space", mapping, "invalidate_lock"));
  const space = k.struct("address_space", mapping);
  point(k, "address_space", mapping, "a_ops", k.fileSystems.table("address_space_operations"));
  point(k, "address_space", mapping, "host", inode);
  space.flags = 0n;
  space.gfp_mask = GFP_HIGHUSER_MOVABLE;
  set("i_mapping", mapping);
};

/** free_inode_nonrcu() */
export const freeInode = (k: Kernel, inode: Address): void => k.heap.kfree(inode);

/** alloc_inode(): 0 when the file system has no memory for it. */
function* allocate(k: Kernel, sb: Address): Routine<Address> {
  const { s_op } = k.struct("super_block", sb);
  const { alloc_inode } = k.struct("super_operations", s_op);
  let inode: Address;
  if (alloc_inode === 0) {
    inode = k.heap.internal(new Uint8Array(k.sizeOf("inode")));
    initOnce(k, inode);
  } else inode = Number(BigInt.asIntN(64, yield* k.call(alloc_inode, sb)));
  if (inode !== 0) initAlways(k, sb, inode);
  return inode;
}

/** new_inode_pseudo(): the super block does not know it. */
export function* newPseudoInode(k: Kernel, sb: Address): Routine<Address> {
  const inode = yield* allocate(k, sb);
  if (inode !== 0) initList(k.memory, at(k, "inode", inode, "i_sb_list"));
  return inode;
}
export function* newInode(k: Kernel, sb: Address): Routine<Address> {
  const inode = yield* newPseudoInode(k, sb);
  if (inode !== 0)
    addFirst(k.memory, at(k, "inode", inode, "i_sb_list"), at(k, "super_block", sb, "s_inodes"));
  return inode;
}

/** Inodes of a super block. */
export function* inodesOf(k: Kernel, sb: Address): Generator<Address> {
  for (const entry of entries(k.memory, at(k, "super_block", sb, "s_inodes")))
    yield entry - k.offsetOf("inode", "i_sb_list");
}

/** i_callback() */
function* freeLater(k: Kernel, inode: Address): Routine<number> {
  const { free_inode } = k.struct("inode", inode);
  if (free_inode === 0) freeInode(k, inode);
  else yield* k.call(free_inode, inode);
  return 0;
}

/** destroy_inode(): its memory goes back after a grace period. */
function* destroy(k: Kernel, inode: Address): Routine<void> {
  const { i_sb } = k.struct("inode", inode);
  if (k.struct("inode", inode).__i_nlink === 0) k.struct("super_block", i_sb).s_remove_count.counter -= 1n;
  const { destroy_inode, free_inode } = k.struct("super_operations", k.struct("super_block", i_sb).s_op);
  if (destroy_inode !== 0) {
    yield* k.call(destroy_inode, inode);
    if (free_inode === 0) return;
  }
  point(k, "inode", inode, "free_inode", free_inode);
  const head = at(k, "inode", inode, "i_rcu");
  const callback = k.hostCode.address("i_callback", (rcu = 0) =>
    freeLater(k, rcu - k.offsetOf("inode", "i_rcu")),
  );
  point(k, "callback_head", head, "func", callback);
  k.rcu.later("rcu", head);
}

/** clear_inode() */
export const clearInode = (k: Kernel, inode: Address): void => {
  k.struct("inode", inode).i_state = I_FREEING | I_CLEAR;
};

/** evict(): nobody refers to it any more. */
export function* evict(k: Kernel, inode: Address): Routine<void> {
  const view = k.struct("inode", inode);
  view.i_state |= I_FREEING;
  removeInit(k.memory, at(k, "inode", inode, "i_sb_list"));
  const { evict_inode } = k.struct("super_operations", k.struct("super_block", view.i_sb).s_op);
  if (evict_inode === 0) clearInode(k, inode);
  else yield* k.call(evict_inode, inode);
  unhash(k.memory, at(k, "inode", inode, "i_hash"));
  yield* destroy(k, inode);
}

/** iput() */
export function* putInode(k: Kernel, inode: Address): Routine<void> {
  if (inode === 0) return;
  const view = k.struct("inode", inode);
  view.i_count.counter -= 1;
  if (view.i_count.counter > 0) return;
  const sb = k.struct("super_block", view.i_sb);
  const { drop_inode } = k.struct("super_operations", sb.s_op);
  const drop =
    drop_inode === 0
      ? view.__i_nlink === 0 || isUnhashed(k.memory, at(k, "inode", inode, "i_hash"))
      : asInt(yield* k.call(drop_inode, inode)) !== 0;
  // Whoever looks for it again finds it, as long as the file system is in use.
  if (!drop && (view.i_state & I_DONTCACHE) === 0n && (sb.s_flags & SB_ACTIVE) !== 0n) return;
  yield* evict(k, inode);
}

/** evict_inodes(): those that nobody refers to, at the end of a file system. */
export function* evictAll(k: Kernel, sb: Address): Routine<void> {
  for (const inode of inodesOf(k, sb)) {
    const view = k.struct("inode", inode);
    if (view.i_count.counter === 0 && (view.i_state & I_FREEING) === 0n) yield* evict(k, inode);
  }
}

/** drop_nlink(), clear_nlink(), set_nlink(), inc_nlink(): the super block counts files without a name. */
export const setLinks = (k: Kernel, inode: Address, links: number): void => {
  const view = k.struct("inode", inode);
  const removed = k.struct("super_block", view.i_sb).s_remove_count;
  if (links === 0 && view.__i_nlink !== 0) removed.counter += 1n;
  if (links !== 0 && view.__i_nlink === 0) removed.counter -= 1n;
  view.__i_nlink = links >>> 0;
};
