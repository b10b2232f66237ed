import type { ByteString } from "../../../src/base/bytes.ts";
import { EEXIST, ELOOP, ENOENT, ENOTDIR } from "../../../src/base/errno.ts";
import { Errno } from "../../../src/base/errors.ts";

/** A driver behind a device node, or a generated file. */
export interface Driver {
  /** False: a reader waits. */
  ready?(): boolean;
  read?(position: number, count: number): Uint8Array;
  write?(bytes: Uint8Array): number;
  ioctl?(request: number, argument: number | bigint | Uint8Array): number;
  poll?(): number;
}

export interface Inode {
  readonly ino: number;
  mode: number;
  rdev: number;
  data: Uint8Array;
  readonly children: Map<ByteString, Inode> | undefined;
  link: ByteString;
  driver: Driver | undefined;
  mtime: bigint;
}

let nextIno = 1;

export const makeInode = (mode: number, fields: Partial<Inode> = {}): Inode => ({
  ino: nextIno++,
  mode,
  rdev: 0,
  data: new Uint8Array(),
  children: (mode & 0o170000) === 0o040000 ? new Map() : undefined,
  link: "",
  driver: undefined,
  mtime: 1_795_000_000_000_000_000n,
  ...fields,
});

export interface Found {
  /** Undefined when only the last name is missing. */
  readonly inode: Inode | undefined;
  readonly parent: Inode;
  readonly name: ByteString;
  readonly path: ByteString;
}

const split = (path: ByteString): ByteString[] =>
  path.split("/").filter((part) => part !== "" && part !== ".");

/** Looks a path up as the kernel does, following links (the last one only if asked). */
export const walk = (root: Inode, cwd: ByteString, path: ByteString, last: "follow" | "link"): Found => {
  if (path === "") throw new Errno(ENOENT);
  let pending = split(path.startsWith("/") ? path : `${cwd}/${path}`);
  const names: ByteString[] = [];
  const nodes: Inode[] = [root];
  let links = 0;
  while (pending.length > 0) {
    const [name = "", ...rest] = pending;
    pending = rest;
    const parent = nodes.at(-1) ?? root;
    if (parent.children === undefined) throw new Errno(ENOTDIR);
    if (name === "..") {
      names.pop();
      if (nodes.length > 1) nodes.pop();
      continue;
    }
    const inode = parent.children.get(name);
    if (inode === undefined) {
      if (rest.length > 0) throw new Errno(ENOENT);
      return { inode, parent, name, path: `/${[...names, name].join("/")}` };
    }
    if ((inode.mode & 0o170000) === 0o120000 && (rest.length > 0 || last === "follow")) {
      if (++links > 40) throw new Errno(ELOOP);
      if (inode.link.startsWith("/")) {
        names.length = 0;
        nodes.length = 1;
      }
      pending = [...split(inode.link), ...rest];
      continue;
    }
    names.push(name);
    nodes.push(inode);
  }
  const name = names.at(-1) ?? "";
  return { inode: nodes.at(-1), parent: nodes.at(-2) ?? root, name, path: `/${names.join("/")}` };
};

export const lookup = (root: Inode, cwd: ByteString, path: ByteString, last: "follow" | "link"): Inode => {
  const { inode } = walk(root, cwd, path, last);
  if (inode === undefined) throw new Errno(ENOENT);
  if (path.endsWith("/") && inode.children === undefined) throw new Errno(ENOTDIR);
  return inode;
};

export const create = (root: Inode, cwd: ByteString, path: ByteString, inode: Inode): Inode => {
  const found = walk(root, cwd, path, "link");
  if (found.inode !== undefined) throw new Errno(EEXIST);
  if (found.parent.children === undefined) throw new Errno(ENOTDIR);
  found.parent.children.set(found.name, inode);
  return inode;
};
