/** /sys/kernel/debug: directories and files by struct dentry (fs/debugfs/inode.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { isErrOrNull } from "../../base/err.ts";
import { EEXIST, EINVAL, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { guestFile, ownerPin } from "./guest-file.ts";
import { fileOperationsAt } from "./guest-functions.ts";
import type { DirectoryNode, Node } from "./node.ts";
import type { FileOperations } from "./operations.ts";
import type { Tree } from "./tree.ts";

export interface Debugfs {
  mkdir(name: ByteString, parent: Address): Address;
  /** A file the guest's operations serve, or the kernel's. `data`: what `i_private` holds. */
  create(file: NewDebugFile): Address;
  symlink(name: ByteString, parent: Address, target: ByteString): Address;
  /** 0 where there is none of the name. It takes no reference. */
  lookup(name: ByteString, parent: Address): Address;
  /** Drops a reference of one of its dentries; false for a dentry of another file system. */
  put(dentry: Address): boolean;
  rename(dentry: Address, parent: Address, name: ByteString): Address;
  /** With all that is below; NULL and error pointers are let pass. */
  remove(dentry: Address): void;
}

export interface NewDebugFile {
  readonly name: ByteString;
  readonly mode: number;
  readonly parent: Address;
  readonly data: Address;
  readonly server: { readonly fops: Address } | { readonly operations: FileOperations };
  readonly size?: number;
}

interface Entry {
  readonly node: Node;
  readonly directory: DirectoryNode;
  readonly name: ByteString;
  readonly parent: Address;
}

export const createDebugfs = (k: Kernel, tree: Tree): Debugfs => {
  const entries: JournalMap<Address, Entry> = k.journal.map();
  /** Removed, but somebody has a reference. */
  const orphans: JournalSet<Address> = k.journal.set();
  const addReference = (dentry: Address, delta: number): number => {
    const { d_lockref: references } = k.struct("dentry", dentry);
    references.count += delta;
    return references.count;
  };
  const directoryOf = (parent: Address): DirectoryNode => {
    if (parent === 0) {
      k.driverCore.kobjects.known("/kernel");
      return tree.directory("/sys/kernel/debug");
    }
    // An error pointer of a failed mkdir is handed on.
    if (isErrOrNull(parent)) throw new Errno(-parent);
    const node = entries.get(parent)?.node;
    if (node?.kind !== "directory") throw new Errno(EINVAL);
    return node;
  };
  const where = (parent: Address): ByteString => (parent === 0 ? "/" : (entries.get(parent)?.name ?? "?"));
  const enter = (name: ByteString, parent: Address, node: Node): Address => {
    const directory = directoryOf(parent);
    if (directory.entries.has(name)) {
      const what = node.kind === "directory" ? "Directory" : "File";
      k.printk(3, `debugfs: ${what} '${name}' with parent '${where(parent)}' already present!`);
      throw new Errno(EEXIST);
    }
    directory.entries.set(name, node);
    const dentry = k.heap.internal(new Uint8Array(k.sizeOf("dentry") + name.length + 1));
    k.memory.setCstring(dentry + k.sizeOf("dentry"), name);
    k.struct("dentry", dentry).d_name.name = dentry + k.sizeOf("dentry");
    k.struct("dentry", dentry).d_parent = parent === 0 ? dentry : parent;
    addReference(dentry, 1);
    entries.set(dentry, { node, directory, name, parent });
    return dentry;
  };
  const served = (fops: Address, data: Address): FileOperations => {
    const make = (): FileOperations =>
      guestFile(k, {
        kind: "debugfs",
        operations: fops,
        functions: fileOperationsAt(k, fops),
        prepare({ inode }) {
          k.struct("inode", inode).i_private = data;
        },
        pin: ownerPin(k, [k.struct("file_operations", fops).owner]),
      });
    return make();
  };
  const remove = (dentry: Address): void => {
    const entry = entries.get(dentry);
    if (isErrOrNull(dentry) || entry === undefined) return;
    for (const [child, state] of entries.entries()) if (state.parent === dentry) remove(child);
    entries.delete(dentry);
    if (entry.directory.entries.get(entry.name) === entry.node) entry.directory.entries.delete(entry.name);
    orphans.add(dentry);
    put(dentry);
  };
  const put = (dentry: Address): boolean => {
    if (!entries.has(dentry) && !orphans.has(dentry)) return false;
    if (addReference(dentry, -1) <= 0 && orphans.has(dentry)) {
      orphans.delete(dentry);
      k.heap.kfree(dentry);
    }
    return true;
  };

  return {
    mkdir: (name, parent) => enter(name, parent, tree.newDirectory(0o755)),
    create({ name, mode, parent, data, server, size = 0 }) {
      const operations = "fops" in server ? served(server.fops, data) : server.operations;
      return enter(name, parent, Object.assign(tree.newSpecial(mode & 0o777, operations, data), { size }));
    },
    symlink: (name, parent, target) => enter(name, parent, tree.newSymlink(target)),
    lookup(name, parent) {
      if (parent !== 0 && isErrOrNull(parent)) return 0;
      for (const [dentry, entry] of entries.entries())
        if (entry.parent === parent && entry.name === name) return dentry;
      return 0;
    },
    put,
    rename(dentry, parent, name) {
      const entry = entries.get(dentry);
      if (entry === undefined) throw new Errno(ENOENT);
      const directory = directoryOf(parent);
      if (directory.entries.has(name)) throw new Errno(EEXIST);
      entry.directory.entries.delete(entry.name);
      directory.entries.set(name, entry.node);
      const text = k.heap.internal(new Uint8Array(name.length + 1));
      k.memory.setCstring(text, name);
      k.struct("dentry", dentry).d_name.name = text as never;
      entries.set(dentry, { node: entry.node, directory, name, parent });
      return dentry;
    },
    remove,
  };
};
