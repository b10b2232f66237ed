import { Errno } from "../../../src/base/errors.ts";
import type { Stat } from "../../../src/kernel/user.ts";
import type { Inode } from "./files.ts";

export const fail = (errno: number): never => {
  throw new Errno(errno);
};

export const statOf = (inode: Inode): Stat => ({
  ino: inode.ino,
  mode: inode.mode,
  nlink: inode.children === undefined ? 1 : 2,
  uid: 0,
  gid: 0,
  rdev: inode.rdev,
  size: inode.data.length,
  blocks: Math.ceil(inode.data.length / 4096) * 8,
  mtime: inode.mtime,
});
