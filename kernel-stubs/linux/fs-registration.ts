/** include/linux/fs.h: file system types (fs/filesystems.c). */
import { EBUSY, EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const LEVEL = { partial: "nothing is ever mounted" } as const;
const NAME_MAX = 256;

export const registerFilesystem = stub(
  "int register_filesystem(struct file_system_type *fs)",
  { fails: ["EBUSY"], level: LEVEL, acquires: { filesystem: "fs" } },
  (k, { fs }) => {
    const { name, next } = k.struct("file_system_type", fs);
    const text = k.memory.cstring(name, NAME_MAX);
    if (next !== 0 || k.vfs.filesystems.has(text)) throw new Errno(EBUSY);
    k.vfs.filesystems.set(text, fs);
    return 0;
  },
);
export const unregisterFilesystem = stub(
  "int unregister_filesystem(struct file_system_type *fs)",
  { level: LEVEL, releases: { filesystem: "fs" } },
  (k, { fs }) => {
    for (const [name, type] of k.vfs.filesystems.entries()) {
      if (type !== fs) continue;
      k.vfs.filesystems.delete(name);
      return 0;
    }
    throw new Errno(EINVAL);
  },
);
