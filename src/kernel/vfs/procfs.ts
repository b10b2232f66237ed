/** Entries that modules make in /proc (fs/proc/generic.c, inode.c). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EIO, ENOENT } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { DirectoryNode, Node } from "./node.ts";
import type { FileOperations, OpenFile } from "./operations.ts";
import type { Site } from "../oops/incident.ts";
import { type ProcServer, serverOperations, unsupported } from "./proc-server.ts";
import type { Tree } from "./tree.ts";
import { WARN_SITES } from "./warn-sites.ts";

export interface NewEntry {
  readonly name: ByteString;
  /** Permission bits; 0 for the usual ones. */
  readonly mode: number;
  /** struct proc_dir_entry of the directory, 0 for /proc. */
  readonly parent: Address;
  readonly data: Address;
}

/** struct proc_dir_entry objects and their nodes. Failures answer NULL (0), with the kernel's complaint. */
export interface Procfs {
  create(entry: NewEntry, server: ProcServer): Address;
  mkdir(entry: NewEntry): Address;
  symlink(name: ByteString, parent: Address, target: ByteString): Address;
  /** remove_proc_entry(): complains when there is none. */
  removeEntry(name: ByteString, parent: Address): Routine<void>;
  /** With all that is below; ENOENT. */
  removeSubtree(name: ByteString, parent: Address): Routine<void>;
  remove(entry: Address): Routine<void>;
  /** An entry for a directory of the kernel's own, below /proc. */
  adopt(name: ByteString): Address;
  setUser(entry: Address, uid: number, gid: number): void;
  setSize(entry: Address, size: number): void;
}

interface Entry {
  readonly name: ByteString;
  readonly parent: Address;
  readonly directory: DirectoryNode;
  readonly node: Node;
  removed: boolean;
  /** Files open on it. */
  readonly open: OpenFile[];
  readonly operations: FileOperations | undefined;
}

/** Frames between proc_register's warning and the module, by what makes the entry; the others are tail calls. */
const REGISTER_VIA: Readonly<Record<string, readonly ByteString[]>> = {
  single: ["proc_create_single_data+0x3c/0x50"],
  seq: ["proc_create_seq_private+0x43/0x50"],
  "net-single": ["proc_create_net_single+0x44/0x50"],
  "net-seq": ["proc_create_net_data+0x4b/0x60"],
  data: ["proc_create_data+0x34/0x40"],
  symlink: ["proc_symlink+0x71/0x90"],
};
const viaOf = (server: ProcServer, data: Address): readonly ByteString[] => {
  if (server.kind === "ops") return data === 0 ? [] : (REGISTER_VIA["data"] ?? []);
  return REGISTER_VIA[`${server.net === true ? "net-" : ""}${server.kind}`] ?? [];
};

const INLINE_NAME = 64;

export const createProcfs = (k: Kernel, tree: Tree): Procfs => {
  const entries: JournalMap<Address, Entry> = k.journal.map();
  const warn = (site: Site, message: ByteString, via: readonly ByteString[] = []): void =>
    k.traces.warn(site, { message, via });
  const root = tree.directory("/proc");

  const directoryOf = (parent: Address): DirectoryNode | undefined => {
    if (parent === 0) {
      tree.ready();
      return root;
    }
    const node = entries.get(parent)?.node;
    return node?.kind === "directory" ? node : undefined;
  };
  const addressOf = (node: Node | undefined): Address => {
    for (const [address, entry] of entries.entries()) if (entry.node === node) return address;
    return 0;
  };
  /** Goes through the slashes of a name. */
  const walk = (
    name: ByteString,
    parent: Address,
  ): { directory: DirectoryNode; parent: Address; last: ByteString } | undefined => {
    const parts = name.split("/");
    const last = parts.pop() ?? "";
    let directory = directoryOf(parent);
    let at = parent;
    for (const part of parts) {
      const next = directory?.entries.get(part);
      directory = next?.kind === "directory" ? next : undefined;
      at = addressOf(directory);
    }
    if (directory !== undefined) return { directory, parent: at, last };
    warn(WARN_SITES.procWalk, `name '${name}'`);
    return undefined;
  };
  const acceptable = (last: ByteString, directory: DirectoryNode): boolean => {
    if (last.length === 0 || last.length >= 256) warn(WARN_SITES.procNameLength, `name len ${last.length}`);
    else if (last === "." || last === "..")
      warn(last === "." ? WARN_SITES.procNameDot : WARN_SITES.procNameDotDot, `name '${last}'`);
    else if (directory === root && /^(?:0|[1-9]\d*)$/.test(last))
      warn(WARN_SITES.procByHand, `create '/proc/${last}' by hand`);
    else return true;
    return false;
  };
  const nameOf = (parent: Address): ByteString =>
    parent === 0 ? "/proc" : (entries.get(parent)?.name ?? "");

  const describe = (entry: NewEntry, last: ByteString, node: Node, parent: Address): Address => {
    const base = k.sizeOf("proc_dir_entry");
    const address = k.heap.internal(new Uint8Array(base + INLINE_NAME + 256));
    const view = k.struct("proc_dir_entry", address);
    const text = address + base + INLINE_NAME;
    k.memory.setCstring(text, last);
    view.name = text;
    view.namelen = last.length;
    view.mode = node.mode;
    view.low_ino = node.ino;
    view.nlink = node.kind === "directory" ? 2 : 1;
    view.data = entry.data;
    view.parent = parent;
    view.refcnt.refs.counter = 1;
    return address;
  };
  const enter = (
    entry: NewEntry,
    via: readonly ByteString[],
    make: (find: () => { address: Address; entry: Entry }) => { node: Node; operations?: FileOperations },
  ): Address => {
    const place = walk(entry.name, entry.parent);
    if (place === undefined || !acceptable(place.last, place.directory)) return 0;
    const { directory, parent, last } = place;
    const found = { address: 0 };
    const { node, operations } = make(() => {
      const state = entries.get(found.address);
      if (state === undefined || state.removed) throw new Errno(EIO);
      return { address: found.address, entry: state };
    });
    if (directory.entries.has(last) || directory.dynamic?.find(last) !== undefined) {
      warn(WARN_SITES.procRegister, `proc_dir_entry '${nameOf(parent)}/${last}' already registered`, via);
      return 0;
    }
    directory.entries.set(last, node);
    found.address = describe(entry, last, node, parent);
    entries.set(found.address, { name: last, parent, directory, node, removed: false, open: [], operations });
    return found.address;
  };
  const adopt = (name: ByteString): Address => {
    const node = tree.directory(`/proc/${name}`);
    const known = addressOf(node);
    if (known !== 0) return known;
    const address = describe({ name, mode: 0, parent: 0, data: 0 }, name, node, 0);
    entries.set(address, {
      name,
      parent: 0,
      directory: root,
      node,
      removed: false,
      open: [],
      operations: undefined,
    });
    return address;
  };

  /** proc_entry_rundown(): whoever has it open is cut off, and its release runs now. */
  function* rundown(address: Address, entry: Entry): Routine<void> {
    k.journal.touch(entry).removed = true;
    entries.delete(address);
    if (entry.directory.entries.get(entry.name) === entry.node) entry.directory.entries.delete(entry.name);
    for (const file of entry.open.slice()) yield* entry.operations?.release?.(file) ?? nothing();
    k.journal.touch(entry.open).length = 0;
  }
  const below = (address: Address): [Address, Entry][] =>
    [...entries.entries()].filter(([, entry]) => entry.parent === address && address !== 0);
  function* removeTree(address: Address, entry: Entry): Routine<void> {
    for (const [child, state] of below(address)) yield* removeTree(child, state);
    yield* rundown(address, entry);
    k.heap.kfree(address);
  }
  const find = (directory: DirectoryNode, last: ByteString): [Address, Entry] | undefined => {
    const node = directory.entries.get(last);
    const address = node === undefined ? 0 : addressOf(node);
    const entry = entries.get(address);
    return entry === undefined ? undefined : [address, entry];
  };

  return {
    adopt,
    create: (entry, server) =>
      enter({ ...entry, mode: entry.mode & 0o777 || 0o444 }, viaOf(server, entry.data), (self) => {
        const inner = serverOperations(k, server, () => self().address);
        return {
          node: tree.newSpecial(entry.mode & 0o777 || 0o444, guarded(k, self, inner)),
          operations: inner,
        };
      }),
    mkdir: (entry) => enter(entry, [], () => ({ node: tree.newDirectory(entry.mode & 0o777 || 0o555) })),
    symlink: (name, parent, target) =>
      enter({ name, parent, mode: 0o777, data: 0 }, REGISTER_VIA["symlink"] ?? [], () => ({
        node: tree.newSymlink(target),
      })),
    *removeEntry(name, parent) {
      const place = walk(name, parent);
      if (place === undefined) return;
      const found = find(place.directory, place.last);
      if (found === undefined) return warn(WARN_SITES.procRemove, `name '${name}'`);
      const [address, entry] = found;
      const [leaked] = below(address);
      yield* rundown(address, entry);
      if (leaked !== undefined) {
        warn(
          WARN_SITES.procRemoveNonEmpty,
          `remove_proc_entry: removing non-empty directory '${nameOf(entry.parent)}/${entry.name}', leaking at least '${leaked[1].name}'`,
        );
      }
      k.heap.kfree(address);
    },
    *removeSubtree(name, parent) {
      const place = walk(name, parent);
      const found = place === undefined ? undefined : find(place.directory, place.last);
      if (found === undefined) throw new Errno(ENOENT);
      yield* removeTree(...found);
    },
    setUser(address, uid, gid) {
      const view = k.struct("proc_dir_entry", address);
      view.uid.val = uid;
      view.gid.val = gid;
      const node = entries.get(address)?.node;
      if (node !== undefined) Object.assign(k.journal.touch(node), { uid, gid });
    },
    setSize(address, size) {
      const node = entries.get(address)?.node;
      if (node?.kind === "special") k.journal.touch(node).size = size;
    },
    *remove(address) {
      const entry = entries.get(address);
      if (entry !== undefined) yield* removeTree(address, entry);
    },
  };
};

function* nothing(): Routine<void> {}

type Self = () => { address: Address; entry: Entry };

/** Files of an entry that is gone fail with EIO; opening counts. */
const guarded = (k: Kernel, self: Self, inner: FileOperations): FileOperations => ({
  get splice() {
    self();
    return inner.splice ?? false;
  },
  *open(file) {
    const { entry } = self();
    yield* inner.open?.(file) ?? nothing();
    k.journal.touch(entry.open).push(file);
  },
  *read(file, count) {
    self();
    return yield* inner.read?.(file, count) ?? unsupported();
  },
  *write(file, bytes) {
    self();
    return yield* inner.write?.(file, bytes) ?? unsupported();
  },
  *lseek(file, offset, whence) {
    self();
    return yield* inner.lseek?.(file, offset, whence) ?? unsupported();
  },
  *ioctl(file, request, argument, abi) {
    self();
    return yield* inner.ioctl?.(file, request, argument, abi) ?? unsupported();
  },
  *poll(file, table) {
    self();
    return yield* inner.poll?.(file, table) ?? unsupported();
  },
  *mmap(file, vma) {
    self();
    yield* inner.mmap?.(file, vma) ?? unsupported();
  },
  *release(file) {
    let entry: Entry;
    try {
      ({ entry } = self());
    } catch {
      // The entry went first, and took the file's release with it.
      return;
    }
    const at = entry.open.indexOf(file);
    if (at >= 0) k.journal.touch(entry.open).splice(at, 1);
    yield* inner.release?.(file) ?? nothing();
  },
});
