/** include/linux/fs.h: inodes, as fs/inode.c does it. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { addFirst, initList } from "../../src/kernel/data/guest-list.ts";
import { addFake, isUnhashed, unhash } from "../../src/kernel/data/hlist.ts";
import { at, point } from "../../src/kernel/data/members.ts";
import {
  I_NEW,
  clearInode,
  evictAll,
  freeInode,
  initAlways,
  initOnce,
  inodesOf,
  newInode,
  newPseudoInode,
  putInode,
  setLinks,
} from "../../src/kernel/filesystems/inode.ts";
import { currentTime, stampInode } from "../../src/kernel/filesystems/simple.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const S_IFMT = 0o170000;
const S_IFDIR = 0o040000;
const S_ISGID = 0o2000;
const S_PRIVATE = 0x200;
const I_DIRTY = 7n;
const NO_MEMORY = { fails: ["NULL"], sleeps: true } as const;

export const newInodeStub = stub(
  "struct inode *new_inode(struct super_block *sb)",
  NO_MEMORY,
  function* (k, { sb }) {
    return yield* newInode(k, sb);
  },
);
export const newInodePseudo = stub(
  "struct inode *new_inode_pseudo(struct super_block *sb)",
  NO_MEMORY,
  function* (k, { sb }) {
    return yield* newPseudoInode(k, sb);
  },
);
export const allocAnonInode = stub(
  "struct inode *alloc_anon_inode(struct super_block *s)",
  { fails: ["ENOMEM"], errPtr: true, sleeps: true },
  function* (k, { s }) {
    const inode = yield* newPseudoInode(k, s);
    if (inode === 0) throw new Errno(ENOMEM);
    const view = k.struct("inode", inode);
    view.i_ino = BigInt(k.fileSystems.nextIno());
    view.i_state = I_DIRTY;
    view.i_mode = 0o600;
    view.i_flags |= S_PRIVATE;
    stampInode(k, inode);
    return inode;
  },
);
export const inodeInitOnce = stub("void inode_init_once(struct inode *inode)", (k, { inode }) =>
  initOnce(k, inode),
);
export const addressSpaceInitOnce = stub(
  "void address_space_init_once(struct address_space *mapping)",
  (k, { mapping }) => {
    k.memory.fill(mapping, 0, k.sizeOf("address_space"));
    for (const list of ["private_list"]) initList(k.memory, at(k, "address_space", mapping, list));
    initList(k.memory, at(k, "address_space", mapping, "i_mmap_rwsem.wait_list"));
  },
);
export const inodeInitAlways = stub(
  "int inode_init_always(struct super_block *sb, struct inode *inode)",
  { fails: ["ENOMEM"] },
  (k, { sb, inode }) => {
    initAlways(k, sb, inode);
    return 0;
  },
);
export const freeInodeNonrcu = stub("void free_inode_nonrcu(struct inode *inode)", (k, { inode }) =>
  freeInode(k, inode),
);
export const iput = stub("void iput(struct inode *inode)", { sleeps: true }, function* (k, { inode }) {
  yield* putInode(k, inode);
});
export const ihold = stub("void ihold(struct inode *inode)", (k, { inode }) => {
  k.struct("inode", inode).i_count.counter += 1;
});
export const igrab = stub("struct inode *igrab(struct inode *inode)", (k, { inode }) => {
  const view = k.struct("inode", inode);
  if ((view.i_state & 0x30n) !== 0n) return 0;
  view.i_count.counter += 1;
  return inode;
});
export const clearInodeStub = stub("void clear_inode(struct inode *inode)", (k, { inode }) =>
  clearInode(k, inode),
);
export const evictInodes = stub(
  "void evict_inodes(struct super_block *sb)",
  { sleeps: true },
  function* (k, { sb }) {
    yield* evictAll(k, sb);
  },
);

export const incNlink = stub("void inc_nlink(struct inode *inode)", (k, { inode }) =>
  setLinks(k, inode, k.struct("inode", inode).__i_nlink + 1),
);
export const dropNlink = stub("void drop_nlink(struct inode *inode)", (k, { inode }) =>
  setLinks(k, inode, k.struct("inode", inode).__i_nlink - 1),
);
export const clearNlink = stub("void clear_nlink(struct inode *inode)", (k, { inode }) =>
  setLinks(k, inode, 0),
);
export const setNlink = stub(
  "void set_nlink(struct inode *inode, unsigned int nlink)",
  (k, { inode, nlink }) => setLinks(k, inode, nlink),
);

export const getNextIno = stub("unsigned int get_next_ino(void)", (k) => k.fileSystems.nextIno());
export const iunique = stub(
  "ino_t iunique(struct super_block *sb, ino_t max_reserved)",
  (k, { sb, max_reserved }) => {
    const taken = new Set([...inodesOf(k, sb)].map((inode) => k.struct("inode", inode).i_ino));
    let ino = BigInt(k.fileSystems.nextIno());
    if (ino <= max_reserved) ino = max_reserved + 1n;
    while (taken.has(ino)) ino += 1n;
    return ino;
  },
);
/** Two registers: RAX has the seconds, RDX the nanoseconds. */
export const currentTimeStub = stub(
  "struct timespec64 current_time(struct inode *inode)",
  (k, { inode }) => currentTime(k, inode) as never,
);
export const inodeInitOwner = stub(
  "void inode_init_owner(struct user_namespace *mnt_userns, struct inode *inode, const struct inode *dir, umode_t mode)",
  (k, { inode, dir, mode }) => {
    const view = k.struct("inode", inode);
    view.i_uid.val = 0;
    view.i_gid.val = 0;
    view.i_mode = mode;
    if (dir === 0) return;
    const above = k.struct("inode", dir);
    if ((above.i_mode & S_ISGID) === 0) return;
    view.i_gid.val = above.i_gid.val;
    if ((mode & S_IFMT) === S_IFDIR) view.i_mode |= S_ISGID;
  },
);

const isHashed = (k: Kernel, inode: Address): boolean =>
  !isUnhashed(k.memory, at(k, "inode", inode, "i_hash"));
/** A hashed inode of the super block that passes `test`, with one more reference; 0 for none. */
function* find(k: Kernel, sb: Address, test: (inode: Address) => Routine<boolean>): Routine<Address> {
  for (const inode of inodesOf(k, sb)) {
    if (!isHashed(k, inode) || !(yield* test(inode))) continue;
    k.struct("inode", inode).i_count.counter += 1;
    return inode;
  }
  return 0;
}
/** A new one, hashed and I_NEW, that `set` gets ready; 0 for no memory or when `set` refuses. */
function* make(k: Kernel, sb: Address, set: (inode: Address) => Routine<boolean>): Routine<Address> {
  const inode = yield* newPseudoInode(k, sb);
  if (inode === 0) return 0;
  if (!(yield* set(inode))) {
    yield* putInode(k, inode);
    return 0;
  }
  k.struct("inode", inode).i_state = I_NEW;
  addFake(k.memory, at(k, "inode", inode, "i_hash"));
  addFirst(k.memory, at(k, "inode", inode, "i_sb_list"), at(k, "super_block", sb, "s_inodes"));
  return inode;
}
function* hasNumber(k: Kernel, inode: Address, ino: bigint): Routine<boolean> {
  return k.struct("inode", inode).i_ino === ino;
}

export const igetLocked = stub(
  "struct inode *iget_locked(struct super_block *sb, unsigned long ino)",
  NO_MEMORY,
  function* (k, { sb, ino }) {
    const known = yield* find(k, sb, (inode) => hasNumber(k, inode, ino));
    if (known !== 0) return known;
    return yield* make(k, sb, function* (inode) {
      k.struct("inode", inode).i_ino = ino;
      return true;
    });
  },
);
export const iget5Locked = stub(
  `struct inode *iget5_locked(struct super_block *sb, unsigned long hashval,
      int (*test)(struct inode *, void *), int (*set)(struct inode *, void *), void *data)`,
  NO_MEMORY,
  function* (k, { sb, test, set, data }) {
    const known = yield* find(k, sb, function* (inode) {
      return asInt(yield* k.call(test, inode, data)) !== 0;
    });
    if (known !== 0) return known;
    return yield* make(k, sb, function* (inode) {
      return asInt(yield* k.call(set, inode, data)) === 0;
    });
  },
);
export const ilookup = stub(
  "struct inode *ilookup(struct super_block *sb, unsigned long ino)",
  { sleeps: true },
  function* (k, { sb, ino }) {
    return yield* find(k, sb, (inode) => hasNumber(k, inode, ino));
  },
);
export const unlockNewInode = stub("void unlock_new_inode(struct inode *inode)", (k, { inode }) => {
  k.struct("inode", inode).i_state &= ~I_NEW;
});
export const igetFailed = stub(
  "void iget_failed(struct inode *inode)",
  { sleeps: true },
  function* (k, { inode }) {
    unhash(k.memory, at(k, "inode", inode, "i_hash"));
    k.struct("inode", inode).i_state &= ~I_NEW;
    yield* putInode(k, inode);
  },
);
export const insertInodeHash = stub(
  "void __insert_inode_hash(struct inode *inode, unsigned long hashval)",
  (k, { inode }) => addFake(k.memory, at(k, "inode", inode, "i_hash")),
);
export const removeInodeHash = stub("void __remove_inode_hash(struct inode *inode)", (k, { inode }) =>
  unhash(k.memory, at(k, "inode", inode, "i_hash")),
);

export const initSpecialInode = stub(
  "void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)",
  { level: { partial: "the inode's device cannot be opened" } },
  (k, { inode, mode, rdev }) => {
    const view = k.struct("inode", inode);
    view.i_mode = mode;
    view.i_rdev = rdev;
    point(k, "inode", inode, "i_fop", k.fileSystems.table("file_operations"));
  },
);
export const markInodeDirty = stub(
  "void __mark_inode_dirty(struct inode *inode, int flags)",
  { level: { partial: "dirty_inode() is called; nothing is written back" }, sleeps: true },
  function* (k, { inode, flags }) {
    const view = k.struct("inode", inode);
    const { dirty_inode } = k.struct("super_operations", k.struct("super_block", view.i_sb).s_op);
    if (dirty_inode !== 0) yield* k.call(dirty_inode, inode, flags & 7);
    view.i_state |= BigInt(flags & 7);
  },
);
export const truncateInodePagesFinal = stub(
  "void truncate_inode_pages_final(struct address_space *mapping)",
  { level: { partial: "there is no page cache" }, sleeps: true },
  (k, { mapping }) => {
    k.struct("address_space", mapping).flags |= 16n;
  },
);
