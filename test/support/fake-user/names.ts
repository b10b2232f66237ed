import { EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY } from "../../../src/base/errno.ts";
import { S_IFDIR, S_IFLNK } from "../../../src/kernel/user.ts";
import type { Names as NameCalls } from "../../../src/kernel/vfs/calls/names.ts";
import { create, type Inode, lookup, makeInode, walk } from "./files.ts";
import { type Process, type World } from "./world.ts";

import { fail, statOf } from "./common.ts";

export type Names = Omit<NameCalls, "fstat">;

export const names = (world: World, process: Process): Names => {
  const find = (path: string, last: "follow" | "link" = "follow"): Inode =>
    lookup(world.root, process.cwd, path, last);
  const make = (path: string, inode: Inode): void => void create(world.root, process.cwd, path, inode);
  const remove = (path: string, kind: "folder" | "file"): void => {
    const { inode, parent, name } = walk(world.root, process.cwd, path, "link");
    if (inode === undefined) fail(ENOENT);
    if (kind === "file" && inode?.children !== undefined) fail(EISDIR);
    if (kind === "folder" && inode?.children === undefined) fail(ENOTDIR);
    if ((inode?.children?.size ?? 0) > 0) fail(ENOTEMPTY);
    parent.children?.delete(name);
  };
  return {
    *stat(path) {
      return statOf(find(path));
    },
    *lstat(path) {
      return statOf(find(path, "link"));
    },
    *readdir(path) {
      const { children } = find(path);
      return [...(children ?? fail(ENOTDIR))].map(([name, { ino, mode }]) => ({
        name,
        ino,
        type: mode & 0o170000,
      }));
    },
    *mkdir(path) {
      make(path, makeInode(S_IFDIR | 0o755));
    },
    *rmdir(path) {
      remove(path, "folder");
    },
    *mknod(path, mode, rdev) {
      make(path, makeInode(mode & ~0o022, { rdev }));
    },
    *unlink(path) {
      remove(path, "file");
    },
    *symlink(link, path) {
      make(path, makeInode(S_IFLNK | 0o777, { link }));
    },
    *readlink(path) {
      const { mode, link } = find(path, "link");
      return (mode & 0o170000) === S_IFLNK ? link : fail(EINVAL);
    },
    *rename(from, to) {
      const inode = find(from, "link");
      const source = walk(world.root, process.cwd, from, "link");
      const target = walk(world.root, process.cwd, to, "link");
      source.parent.children?.delete(source.name);
      target.parent.children?.set(target.name, inode);
    },
    *truncate(path, length) {
      const inode = find(path);
      inode.data = inode.data.subarray(0, length);
    },
    *chmod(path, mode) {
      const inode = find(path);
      inode.mode = (inode.mode & 0o170000) | mode;
    },
    *access(path) {
      find(path);
    },
    *chdir(path) {
      if (find(path).children === undefined) fail(ENOTDIR);
      process.cwd = walk(world.root, process.cwd, path, "follow").path;
    },
    getcwd: () => process.cwd,
  };
};
