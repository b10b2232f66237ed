/** The guest's view of files: struct inode, dentry and file with the real layout. */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { O_APPEND } from "../user.ts";
import type { Node } from "./node.ts";
import type { OpenFile } from "./operations.ts";

/** include/linux/fs.h */
export const FMODE = {
  READ: 1,
  WRITE: 2,
  LSEEK: 4,
  PREAD: 8,
  PWRITE: 16,
  CAN_READ: 0x2_0000,
  CAN_WRITE: 0x4_0000,
  OPENED: 0x8_0000,
  STREAM: 0x20_0000,
} as const;
export const O_ACCMODE = 3;
/** Set for every process of a 64-bit kernel. */
const O_LARGEFILE = 0o100000;
/** What open(2) forgets once the file is open (fs/open.c, do_dentry_open). */
export const O_ONLY_AT_OPEN = 0o100 | 0o200 | 0o400 | 0o1000;
const IOCB_APPEND = 0x10;
const MAX_LFS_FILESIZE = 2 ** 63;

export interface FileObjects {
  /** struct inode of a node, the same for all who open it. */
  inode(node: Node): Address;
  /** Makes the struct file of a description that has none. */
  file(file: OpenFile, operations: Address): Address;
  /** The struct file of any description, made when a file that host code serves meets guest code. */
  ensure(file: OpenFile): Address;
  /** Guest code serves it, by a table in `f_op`. */
  isGuests(file: OpenFile): boolean;
  release(file: OpenFile): void;
  /** Description behind a struct file. */
  find(guest: Address): OpenFile | undefined;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const createFileObjects = (k: Kernel): FileObjects => {
  const inodes: JournalMap<Node, Address> = k.journal.map();
  const files: JournalMap<Address, OpenFile> = k.journal.map();
  const state = { superBlock: 0, operations: 0 };
  /** An empty table: files that host code serves have no functions to call. */
  const hostOperations = (): Address => {
    if (state.operations === 0)
      k.journal.touch(state).operations = k.statics.allocate(k.sizeOf("file_operations"));
    return state.operations;
  };
  const allocate = (name: string): Address => k.heap.internal(new Uint8Array(k.sizeOf(name)));

  const superBlock = (): Address => {
    if (state.superBlock === 0) {
      k.journal.touch(state).superBlock = k.statics.allocate(k.sizeOf("super_block"));
      const at = state.superBlock + k.offsetOf("super_block", "s_maxbytes");
      k.memory.setU64(at, BigInt(MAX_LFS_FILESIZE) - 1n);
      k.struct("super_block", state.superBlock).s_blocksize = 4096n;
    }
    return state.superBlock;
  };
  const refresh = (inode: Address, node: Node): void => {
    const view = k.struct("inode", inode);
    view.i_mode = node.mode;
    view.i_uid.val = node.uid;
    view.i_gid.val = node.gid;
    if (node.kind === "file") view.i_size = node.data.length;
    else if (node.kind === "special") view.i_size = node.size;
  };
  const newInode = (node: Node): Address => {
    const inode = allocate("inode");
    const view = k.struct("inode", inode);
    const mapping = inode + k.offsetOf("inode", "i_data");
    view.i_ino = BigInt(node.ino);
    view.__i_nlink = 1;
    view.i_blkbits = 12;
    view.i_sb = superBlock();
    view.i_mapping = mapping;
    k.struct("address_space", mapping).host = inode;
    if (node.kind === "device") view.i_rdev = node.rdev;
    inodes.set(node, inode);
    return inode;
  };
  const inode: FileObjects["inode"] = (node) => {
    const found = inodes.get(node) ?? newInode(node);
    refresh(found, node);
    return found;
  };
  const dentry = (path: string, target: Address): Address => {
    const at = allocate("dentry");
    const view = k.struct("dentry", at);
    const inline = at + k.offsetOf("dentry", "d_iname");
    const name = nameOf(path).slice(0, 31);
    k.memory.setCstring(inline, name);
    view.d_name.name = inline as typeof view.d_name.name;
    view.d_name.len = name.length;
    view.d_parent = at as typeof view.d_parent;
    view.d_inode = target as typeof view.d_inode;
    view.d_sb = superBlock();
    initList(k.memory, at + k.offsetOf("dentry", "d_subdirs"));
    return at;
  };

  const make: FileObjects["file"] = (file, operations) => {
    const guest = allocate("file");
    const target = inode(file.node);
    const view = k.struct("file", guest);
    const access = file.flags & O_ACCMODE;
    view.f_flags = file.flags | O_LARGEFILE;
    view.f_mode =
      (access === 1 ? 0 : FMODE.READ | FMODE.CAN_READ) |
      (access === 0 ? 0 : FMODE.WRITE | FMODE.CAN_WRITE) |
      FMODE.PREAD |
      FMODE.PWRITE |
      FMODE.OPENED;
    view.f_iocb_flags = (file.flags & O_APPEND) === 0 ? 0 : IOCB_APPEND;
    view.f_inode = target;
    view.f_op = operations;
    view.f_mapping = k.struct("inode", target).i_mapping;
    view.f_path.dentry = dentry(file.path, target);
    view.f_count.counter = BigInt(file.references);
    view.f_pos = file.position;
    view.f_cred = k.struct("task_struct", k.current.taskStruct).cred;
    k.journal.touch(file).guest = guest;
    files.set(guest, file);
    return guest;
  };

  return {
    inode,
    find: (guest) => files.get(guest),
    file: make,
    ensure(file) {
      return file.guest === 0 ? make(file, hostOperations()) : file.guest;
    },
    isGuests({ guest }) {
      if (guest === 0) return false;
      const { f_op } = k.struct("file", guest);
      return f_op !== 0 && f_op !== state.operations;
    },
    release(file) {
      const { guest } = file;
      if (guest === 0) return;
      files.delete(guest);
      k.journal.touch(file).guest = 0;
      k.heap.kfree(k.struct("file", guest).f_path.dentry);
      k.heap.kfree(guest);
    },
  };
};
