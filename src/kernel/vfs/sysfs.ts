import { PAGE_SIZE, type Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EEXIST, EINVAL, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { CallerChain } from "../oops/callers.ts";
import { DUPLICATE_FILE, duplicateDirectory, duplicateLink } from "../oops/duplicate-paths.ts";
import type { Kernel } from "../kernel.ts";
import type { DirectoryNode, SpecialNode } from "./node.ts";
import type { FileOperations } from "./operations.ts";
import type { Tree } from "./tree.ts";

/** A kobject's place in sysfs. */
interface Place {
  readonly directory: DirectoryNode;
  readonly parent: DirectoryNode;
  readonly name: ByteString;
  /** From the root of sysfs: "/devices/virtual/misc/x". */
  readonly path: ByteString;
}

export interface NewFile {
  readonly name: ByteString;
  /** Permission bits. */
  readonly mode: number;
  readonly operations: FileOperations;
  /** The guest's attribute, 0 for the kernel's own. */
  readonly attribute: Address;
  /** A directory below the kobject's own. */
  readonly group?: ByteString | undefined;
  /** What stat tells; a page when left out. */
  readonly size?: number;
}

/** Directories of kobjects and what is in them (fs/sysfs). Names clash with EEXIST and a complaint. */
export interface Sysfs {
  /** Directory of a kobject below that of `parent` (0: the root). */
  create(kobject: Address, name: ByteString, parent: Address): void;
  /** With all that is in it. */
  remove(kobject: Address): void;
  has(kobject: Address): boolean;
  /** Path from the root of sysfs; undefined when it has no directory. */
  path(kobject: Address): ByteString | undefined;
  addFile(kobject: Address, file: NewFile): void;
  removeFile(kobject: Address, name: ByteString, group?: ByteString): void;
  findFile(kobject: Address, name: ByteString, group?: ByteString): SpecialNode | undefined;
  addGroup(kobject: Address, name: ByteString): void;
  removeGroup(kobject: Address, name: ByteString): void;
  hasGroup(kobject: Address, name: ByteString): boolean;
  link(kobject: Address, name: ByteString, target: Address): void;
  unlink(kobject: Address, name: ByteString): void;
  rename(kobject: Address, name: ByteString): void;
}

/** "../../devices/virtual/misc/x" as seen from a directory. */
const relative = (from: ByteString, to: ByteString): ByteString => {
  const [a, b] = [from.split("/").slice(1), to.split("/").slice(1)];
  let shared = 0;
  // The target's own directory is always named (sysfs_get_target_path of fs/kernfs/symlink.c).
  while (shared < a.length && shared < b.length - 1 && a[shared] === b[shared]) shared += 1;
  return [...a.slice(shared).map(() => ".."), ...b.slice(shared)].join("/");
};

export const createSysfs = (k: Kernel, tree: Tree): Sysfs => {
  const places: JournalMap<Address, Place> = k.journal.map();
  const root: Place = {
    directory: tree.directory("/sys"),
    parent: tree.root,
    name: "sys",
    path: "",
  };
  const placeOf = (kobject: Address): Place => {
    const place = kobject === 0 ? root : places.get(kobject);
    if (place === undefined) throw new Errno(ENOENT);
    return place;
  };
  const duplicate = (path: ByteString, via: CallerChain = DUPLICATE_FILE): never => {
    k.printk(4, `sysfs: cannot create duplicate filename '${path}'`);
    k.traces.dumpStack({ via });
    throw new Errno(EEXIST);
  };
  /** Stub that the guest has called. */
  const caller = (): ByteString | undefined => {
    const frame = k.executor.current()?.frames.at(-1);
    return frame?.kind === "host" ? frame.stub : undefined;
  };
  const groupOf = (place: Place, group: ByteString | undefined): DirectoryNode => {
    if (group === undefined) return place.directory;
    const node = place.directory.entries.get(group);
    if (node?.kind !== "directory") throw new Errno(ENOENT);
    return node;
  };
  const find: Sysfs["findFile"] = (kobject, name, group) => {
    const place = kobject === 0 ? root : places.get(kobject);
    const directory = group === undefined ? place?.directory : place?.directory.entries.get(group);
    const node = directory?.kind === "directory" ? directory.entries.get(name) : undefined;
    return node?.kind === "special" ? node : undefined;
  };

  return {
    create(kobject, name, parent) {
      const above = placeOf(parent);
      const path = `${above.path}/${name}`;
      if (above.directory.entries.has(name)) duplicate(path, duplicateDirectory(caller()));
      const directory = tree.newDirectory(0o755);
      above.directory.entries.set(name, directory);
      places.set(kobject, { directory, parent: above.directory, name, path });
    },
    remove(kobject) {
      const place = places.get(kobject);
      if (place === undefined) return;
      places.delete(kobject);
      if (place.parent.entries.get(place.name) === place.directory) place.parent.entries.delete(place.name);
    },
    has: (kobject) => places.has(kobject),
    path: (kobject) => (kobject === 0 ? "" : places.get(kobject)?.path),
    addFile(kobject, { name, mode, operations, attribute, group, size = PAGE_SIZE }) {
      const place = placeOf(kobject);
      const directory = groupOf(place, group);
      if (directory.entries.has(name))
        duplicate([place.path, ...(group === undefined ? [] : [group]), name].join("/"));
      const node = tree.newSpecial(mode & 0o777, operations, attribute);
      directory.entries.set(name, Object.assign(node, { size }));
    },
    removeFile(kobject, name, group) {
      if (find(kobject, name, group) !== undefined) groupOf(placeOf(kobject), group).entries.delete(name);
    },
    findFile: find,
    addGroup(kobject, name) {
      const place = placeOf(kobject);
      if (place.directory.entries.has(name)) duplicate(`${place.path}/${name}`);
      place.directory.entries.set(name, tree.newDirectory(0o755));
    },
    removeGroup: (kobject, name) => void placeOf(kobject).directory.entries.delete(name),
    hasGroup: (kobject, name) => places.get(kobject)?.directory.entries.get(name)?.kind === "directory",
    link(kobject, name, target) {
      const place = placeOf(kobject);
      const to = placeOf(target);
      if (place.directory.entries.has(name)) duplicate(`${place.path}/${name}`, duplicateLink(caller()));
      place.directory.entries.set(name, tree.newSymlink(relative(place.path, to.path)));
    },
    unlink(kobject, name) {
      const place = kobject === 0 ? root : places.get(kobject);
      if (place?.directory.entries.get(name)?.kind === "symlink") place.directory.entries.delete(name);
    },
    rename(kobject, name) {
      const place = placeOf(kobject);
      if (place === root) throw new Errno(EINVAL);
      if (place.parent.entries.has(name)) throw new Errno(EEXIST);
      place.parent.entries.delete(place.name);
      place.parent.entries.set(name, place.directory);
      const path = `${place.path.slice(0, place.path.lastIndexOf("/"))}/${name}`;
      places.set(kobject, { ...place, name, path });
    },
  };
};
