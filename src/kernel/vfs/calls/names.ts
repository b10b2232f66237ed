/** System calls on names: fs/namei.c, fs/stat.c, fs/readdir.c, fs/open.c. */
import type { ByteString } from "../../../base/bytes.ts";
import { EINVAL, EISDIR, ENOENT, ENOTDIR, EPERM } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import { type Stat, type UserSystem, makedev } from "../../user.ts";
import { type Node, kernelMajor, kernelMinor, makeKernelDev } from "../node.ts";
import type { CallContext } from "./context.ts";

export type Names = Pick<
  UserSystem,
  | "stat"
  | "lstat"
  | "fstat"
  | "readdir"
  | "mkdir"
  | "rmdir"
  | "mknod"
  | "unlink"
  | "symlink"
  | "readlink"
  | "rename"
  | "truncate"
  | "chmod"
  | "access"
  | "chdir"
  | "getcwd"
>;

const normalise = (path: ByteString): ByteString => {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

const statOf = (node: Node): Stat => {
  const size = node.kind === "file" ? node.data.length : node.kind === "special" ? node.size : 0;
  return {
    ino: node.ino,
    mode: node.mode,
    nlink: node.kind === "directory" ? 2 : 1,
    uid: node.uid,
    gid: node.gid,
    rdev: node.kind === "device" ? makedev(kernelMajor(node.rdev), kernelMinor(node.rdev)) : 0,
    size: node.kind === "symlink" ? node.target.length : size,
    blocks: node.kind === "special" ? 0 : Math.ceil(size / 512),
    mtime: node.mtime,
  };
};

/** Calls that look. */
const looking = ({ fileOf, resolve }: CallContext): Pick<Names, "stat" | "lstat" | "fstat" | "readdir"> => ({
  *stat(path) {
    return statOf(resolve(path));
  },
  *lstat(path) {
    return statOf(resolve(path, "not-last"));
  },
  *fstat(fd) {
    return statOf(fileOf(fd).node);
  },
  *readdir(path) {
    const node = resolve(path);
    if (node.kind !== "directory") throw new Errno(ENOTDIR);
    const listed = [...node.entries.entries()].map(([name, each]) => ({
      name,
      ino: each.ino,
      type: each.mode & 0o170000,
    }));
    const dynamic = (node.dynamic?.names() ?? []).map((name) => ({ name, ino: 0, type: 0o040000 }));
    return [...listed, ...dynamic];
  },
});

/** Calls that make and remove names. */
const making = ({
  k,
  process,
}: CallContext): Pick<Names, "mkdir" | "rmdir" | "mknod" | "unlink" | "symlink" | "rename"> => {
  const { tree } = k.vfs;
  return {
    *mkdir(path, mode) {
      const { directory, name } = tree.parent(path, process.directory);
      tree.add(directory, name, tree.newDirectory(mode & 0o777));
    },
    *rmdir(path) {
      const { directory, name } = tree.parent(path, process.directory);
      if (directory.entries.get(name)?.kind === "file") throw new Errno(ENOTDIR);
      tree.remove(directory, name);
    },
    *mknod(path, mode, device) {
      const { directory, name } = tree.parent(path, process.directory);
      const rdev = makeKernelDev(
        Math.floor(device / 0x100) & 0xfff,
        (device & 0xff) + Math.floor(device / 0x100000) * 0x100,
      );
      const node =
        (mode & 0o170000) === 0o100000 ? tree.newFile(mode & 0o777) : tree.newDevice(mode & 0o777, rdev);
      node.mode = mode;
      tree.add(directory, name, node);
    },
    *unlink(path) {
      const { directory, name } = tree.parent(path, process.directory);
      if (directory.entries.get(name)?.kind === "directory") throw new Errno(EISDIR);
      if (/^\/(proc|sys)\//.test(path)) throw new Errno(EPERM);
      tree.remove(directory, name);
    },
    *symlink(target, path) {
      const { directory, name } = tree.parent(path, process.directory);
      tree.add(directory, name, tree.newSymlink(target));
    },
    *rename(from, to) {
      const source = tree.parent(from, process.directory);
      const node = source.directory.entries.get(source.name);
      if (node === undefined) throw new Errno(ENOENT);
      const target = tree.parent(to, process.directory);
      if (target.directory.entries.has(target.name)) tree.remove(target.directory, target.name);
      source.directory.entries.delete(source.name);
      tree.add(target.directory, target.name, node);
    },
  };
};

export const nameCalls = (context: CallContext): Names => {
  const { k, process, resolve } = context;
  return {
    ...looking(context),
    ...making(context),
    *readlink(path) {
      const node = resolve(path, "not-last");
      if (node.kind !== "symlink") throw new Errno(EINVAL);
      return node.target;
    },
    *truncate(path, length) {
      const node = resolve(path);
      if (node.kind !== "file") return;
      const data = new Uint8Array(length);
      data.set(node.data.subarray(0, length));
      k.journal.touch(node).data = data;
    },
    *chmod(path, mode) {
      const node = resolve(path);
      k.journal.touch(node).mode = (node.mode & 0o170000) | (mode & 0o7777);
    },
    *access(path) {
      resolve(path);
    },
    *chdir(path) {
      if (resolve(path).kind !== "directory") throw new Errno(ENOTDIR);
      k.journal.touch(process).directory = normalise(
        path.startsWith("/") ? path : `${process.directory}/${path}`,
      );
    },
    getcwd: () => process.directory,
  };
};
