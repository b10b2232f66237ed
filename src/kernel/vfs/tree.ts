import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST, ELOOP, ENOENT, ENOTDIR, ENOTEMPTY } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Clock } from "../clock.ts";
import type { Journal } from "../journal.ts";
import { S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG } from "../user.ts";
import type { DeviceNode, DirectoryNode, DynamicEntries, Node, RegularNode, SpecialNode } from "./node.ts";
import type { FileOperations } from "./operations.ts";

const MAX_SYMLINKS = 40;

/** The one file system tree that all processes see. */
export interface Tree {
  /** What is there from the start: `fill` makes it when somebody looks for the first path, which most runs never do. */
  furnish(fill: () => void): void;
  /** It is there now: for who is about to enter a directory without looking for its path. */
  ready(): void;
  readonly root: DirectoryNode;
  /** ENOENT, ENOTDIR, ELOOP. `from`: where relative paths begin. */
  resolve(
    path: ByteString,
    options?: { readonly from?: ByteString; readonly follow?: "all" | "not-last" },
  ): Node;
  /** The same, undefined instead of an error. */
  find(path: ByteString): Node | undefined;
  /** Directory and last name of a path that need not exist. */
  parent(
    path: ByteString,
    from?: ByteString,
  ): { readonly directory: DirectoryNode; readonly name: ByteString };
  /** Makes missing directories on the way, too. */
  directory(path: ByteString, dynamic?: DynamicEntries): DirectoryNode;
  add(directory: DirectoryNode, name: ByteString, node: Node): void;
  remove(directory: DirectoryNode, name: ByteString): void;
  newDirectory(mode?: number, dynamic?: DynamicEntries): DirectoryNode;
  newFile(mode: number, data?: Uint8Array): RegularNode;
  newSymlink(target: ByteString): Node;
  newDevice(mode: number, rdev: number): DeviceNode;
  newSpecial(mode: number, operations: FileOperations, object?: Address): SpecialNode;
}

export const createTree = (journal: Journal, clock: Clock): Tree => {
  const state = { ino: 1 };
  const base = (mode: number): { ino: number; mode: number; uid: number; gid: number; mtime: bigint } => ({
    ino: journal.touch(state).ino++,
    mode,
    uid: 0,
    gid: 0,
    mtime: clock.realtime(),
  });
  const newDirectory = (mode = 0o755, dynamic?: DynamicEntries): DirectoryNode => ({
    ...base(S_IFDIR | mode),
    kind: "directory",
    entries: journal.map(),
    ...(dynamic === undefined ? {} : { dynamic }),
  });
  const root = newDirectory();
  const furniture = { fill: () => {}, made: true };
  const ready = (): void => {
    if (furniture.made) return;
    journal.touch(furniture).made = true;
    furniture.fill();
  };

  const child = (directory: DirectoryNode, name: ByteString): Node | undefined =>
    directory.entries.get(name) ?? directory.dynamic?.find(name);
  const absolute = (path: ByteString, from: ByteString): ByteString =>
    path.startsWith("/") ? path : `${from}/${path}`;

  const walk = (path: ByteString, follow: "all" | "not-last"): Node => {
    ready();
    let rest = path.split("/").filter((part) => part !== "" && part !== ".");
    const stack: DirectoryNode[] = [root];
    let links = 0;
    let at: Node = root;
    while (rest.length > 0) {
      const [name = "", ...more] = rest;
      const directory = stack.at(-1) ?? root;
      if (at.kind !== "directory") throw new Errno(ENOTDIR);
      rest = more;
      if (name === "..") {
        if (stack.length > 1) stack.pop();
        at = stack.at(-1) ?? root;
        continue;
      }
      const next = child(directory, name);
      if (next === undefined) throw new Errno(ENOENT);
      if (next.kind === "symlink" && (follow === "all" || rest.length > 0)) {
        if (++links > MAX_SYMLINKS) throw new Errno(ELOOP);
        if (next.target.startsWith("/")) stack.length = 1;
        rest = [...next.target.split("/").filter((part) => part !== "" && part !== "."), ...rest];
        at = stack.at(-1) ?? root;
        continue;
      }
      at = next;
      if (next.kind === "directory") stack.push(next);
    }
    return at;
  };
  const resolve: Tree["resolve"] = (path, { from = "/", follow = "all" } = {}) => {
    if (path === "") throw new Errno(ENOENT);
    const node = walk(absolute(path, from), path.endsWith("/") ? "all" : follow);
    if (path.endsWith("/") && node.kind !== "directory") throw new Errno(ENOTDIR);
    return node;
  };
  const parent: Tree["parent"] = (path, from = "/") => {
    const full = absolute(path, from).replace(/\/+$/, "");
    const cut = full.lastIndexOf("/");
    const directory = walk(full.slice(0, cut), "all");
    if (directory.kind !== "directory") throw new Errno(ENOTDIR);
    return { directory, name: full.slice(cut + 1) };
  };
  const add = (directory: DirectoryNode, name: ByteString, node: Node): void => {
    if (child(directory, name) !== undefined) throw new Errno(EEXIST);
    directory.entries.set(name, node);
  };

  return {
    furnish: (fill) => void Object.assign(furniture, { fill, made: false }),
    ready,
    root,
    resolve,
    find(path) {
      try {
        return resolve(path);
      } catch (error) {
        if (error instanceof Errno) return undefined;
        throw error;
      }
    },
    parent,
    directory(path, dynamic) {
      ready();
      let at = root;
      const parts = path.split("/").filter((part) => part !== "");
      parts.forEach((name, index) => {
        const there = at.entries.get(name);
        const next = there ?? newDirectory(0o755, index === parts.length - 1 ? dynamic : undefined);
        if (next.kind !== "directory") throw new Errno(ENOTDIR);
        if (there === undefined) at.entries.set(name, next);
        at = next;
      });
      return at;
    },
    add,
    remove(directory, name) {
      const node = directory.entries.get(name);
      if (node === undefined) throw new Errno(ENOENT);
      if (node.kind === "directory" && node.entries.size > 0) throw new Errno(ENOTEMPTY);
      directory.entries.delete(name);
    },
    newDirectory,
    newFile: (mode, data = new Uint8Array(0)) => ({ ...base(S_IFREG | mode), kind: "file", data }),
    newSymlink: (target) => ({ ...base(S_IFLNK | 0o777), kind: "symlink", target }),
    newDevice: (mode, rdev) => ({ ...base(S_IFCHR | mode), kind: "device", rdev }),
    newSpecial: (mode, operations, object = 0) => ({
      ...base(S_IFREG | mode),
      kind: "special",
      size: 0,
      events: 0,
      operations,
      object,
    }),
  };
};
