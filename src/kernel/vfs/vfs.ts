import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { EACCES, EBADF, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTTY, ESPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { O_CREAT, O_DIRECTORY, O_EXCL, O_TRUNC, POLLIN, POLLOUT } from "../user.ts";
import { type BlockMajors, createBlockMajors } from "./block-majors.ts";
import { type CharacterDevices, createCharacterDevices } from "./devices.ts";
import { type Debugfs, createDebugfs } from "./debugfs.ts";
import { type FileObjects, createFileObjects } from "./objects.ts";
import { regularFiles } from "./kept-files.ts";
import { memoryDevices } from "./memory-devices.ts";
import { type Node, kernelMajor, kernelMinor } from "./node.ts";
import type { FileOperations, OpenFile } from "./operations.ts";
import { processEntries } from "./proc-pid.ts";
import { type Procfs, createProcfs } from "./procfs.ts";
import { type Sysctls, createSysctls } from "./sysctl.ts";
import { type Sysfs, createSysfs } from "./sysfs.ts";
import { type Tree, createTree } from "./tree.ts";

/** Files: the tree, and open file descriptions. Descriptors are the processes'. */
export interface Vfs {
  readonly tree: Tree;
  readonly devices: CharacterDevices;
  readonly blockMajors: BlockMajors;
  readonly sysfs: Sysfs;
  readonly procfs: Procfs;
  readonly sysctls: Sysctls;
  readonly debugfs: Debugfs;
  open(path: ByteString, from: ByteString, flags: number, mode: number): Routine<OpenFile>;
  /** A description that no path leads to (pipe ends, memfd). */
  adopt(node: Node, flags: number, operations: FileOperations, name?: ByteString): OpenFile;
  read(file: OpenFile, count: number): Routine<Uint8Array>;
  write(file: OpenFile, bytes: Uint8Array): Routine<number>;
  lseek(file: OpenFile, offset: number, whence: number): Routine<number>;
  ioctl(file: OpenFile, request: number, argument: number | bigint | Uint8Array): Routine<number>;
  /** Same for a program in compatibility mode (fs/ioctl.c, compat_sys_ioctl). */
  compatIoctl(file: OpenFile, request: number, argument: number | bigint | Uint8Array): Routine<number>;
  /** `table`: the guest's poll_table to register with, 0 for none. */
  poll(file: OpenFile, table?: Address): Routine<number>;
  fsync(file: OpenFile, how: "all" | "data"): Routine<number>;
  /** One more reference. */
  get(file: OpenFile): OpenFile;
  /** fput(): drops a reference; the last one releases. */
  put(file: OpenFile): Routine<void>;
  /** filp_close(): flushes, then drops a reference. `owner`: the files_struct the descriptor was in. */
  close(file: OpenFile, owner?: Address): Routine<void>;
  readonly objects: FileObjects;
  /** File system types that modules registered: struct file_system_type by name. */
  readonly filesystems: JournalMap<ByteString, Address>;
}

const O_ACCMODE = 3;
const MEMORY_MAJOR = 1;
const LLONG_MAX = 2n ** 63n - 1n;
/** DEFAULT_POLLMASK */
const ALWAYS_READY = POLLIN | POLLOUT | 0x40 | 0x100;

const opened = (node: Node, flags: number, operations: FileOperations, path: string): OpenFile => ({
  node,
  path,
  flags,
  position: 0,
  references: 1,
  operations,
  guest: 0,
  owner: 0,
  signal: 0,
  state: undefined,
});

export const createVfs = (k: Kernel): Vfs => {
  const tree = createTree(k.journal, k.clock);
  const devices = createCharacterDevices(k);
  const regular = regularFiles(k.journal);
  const objects = createFileObjects(k);
  const memory = memoryDevices(k);
  tree.directory(
    "/proc",
    processEntries(k, () => tree),
  );

  const operationsOf = (node: Node): FileOperations => {
    if (node.kind === "special") return node.operations;
    if (node.kind !== "device") return regular;
    const builtin = kernelMajor(node.rdev) === MEMORY_MAJOR ? memory[kernelMinor(node.rdev)] : undefined;
    return builtin ?? devices.operations(node);
  };
  /** The node a path leads to, made when O_CREAT says so. */
  const nodeFor = (path: ByteString, from: ByteString, flags: number, mode: number): Node => {
    try {
      const node = tree.resolve(path, { from });
      if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) throw new Errno(EEXIST);
      return node;
    } catch (error) {
      if (!(error instanceof Errno) || error.errno !== ENOENT || (flags & O_CREAT) === 0) throw error;
    }
    const { directory, name } = tree.parent(path, from);
    // Nothing can be made by hand where the kernel makes the entries.
    if (/^\/(proc|sys)(\/|$)/.test(path)) throw new Errno(path.startsWith("/sys") ? EACCES : ENOENT);
    const node = tree.newFile(mode & 0o777);
    tree.add(directory, name, node);
    return node;
  };
  const checkAccess = (node: Node, flags: number): void => {
    const access = flags & O_ACCMODE;
    if (node.kind === "directory" && access !== 0) throw new Errno(EISDIR);
    if ((flags & O_DIRECTORY) !== 0 && node.kind !== "directory") throw new Errno(ENOTDIR);
    // Root may do anything but what a file's operations cannot do.
    if (node.kind !== "special" || node.operations.strict !== true) return;
    const { mode } = node;
    if (access !== 1 && (mode & 0o444) === 0) throw new Errno(EACCES);
    if (access !== 0 && (mode & 0o222) === 0) throw new Errno(EACCES);
  };

  function* put(file: OpenFile): Routine<void> {
    k.journal.touch(file).references -= 1;
    // Guest code counts in its own struct.
    const left = file.guest === 0 ? BigInt(file.references) : guestReferences(file);
    if (left > 0n) return;
    if (file.operations.release !== undefined) yield* file.operations.release(file);
    objects.release(file);
  }
  const guestReferences = (file: OpenFile): bigint => {
    const { f_count } = k.struct("file", file.guest);
    f_count.counter -= 1n;
    return f_count.counter;
  };

  return {
    tree,
    devices,
    blockMajors: createBlockMajors(k),
    sysfs: createSysfs(k, tree),
    procfs: createProcfs(k, tree),
    sysctls: createSysctls(k, tree),
    debugfs: createDebugfs(k, tree),
    *open(path, from, flags, mode) {
      const node = nodeFor(path, from, flags, mode);
      checkAccess(node, flags);
      const operations = operationsOf(node);
      const file = opened(node, flags, operations, path.startsWith("/") ? path : `${from}/${path}`);
      if (node.kind === "file" && (flags & O_TRUNC) !== 0) k.journal.touch(node).data = new Uint8Array(0);
      if (operations.open !== undefined) yield* operations.open(file);
      return file;
    },
    adopt: (node, flags, operations, name = "") => opened(node, flags, operations, name),
    *read(file, count) {
      if (file.node.kind === "directory") throw new Errno(EISDIR);
      if ((file.flags & O_ACCMODE) === 1) throw new Errno(EBADF);
      if (file.operations.read === undefined) throw new Errno(EINVAL);
      return yield* file.operations.read(file, count);
    },
    *write(file, bytes) {
      if ((file.flags & O_ACCMODE) === 0) throw new Errno(EBADF);
      if (file.operations.write === undefined) throw new Errno(EINVAL);
      const taken = yield* file.operations.write(file, bytes);
      // The guest's inode shows the new size.
      if (file.guest !== 0 && file.node.kind === "file") objects.inode(file.node);
      return taken;
    },
    *lseek(file, offset, whence) {
      if (file.operations.lseek === undefined) throw new Errno(ESPIPE);
      return yield* file.operations.lseek(file, offset, whence);
    },
    *ioctl(file, request, argument) {
      if (file.operations.ioctl === undefined) throw new Errno(ENOTTY);
      return yield* file.operations.ioctl(file, request, argument, "native");
    },
    *compatIoctl(file, request, argument) {
      if (file.operations.ioctl === undefined) throw new Errno(ENOTTY);
      return yield* file.operations.ioctl(file, request, argument, "compat");
    },
    *poll(file, table = 0) {
      return file.operations.poll === undefined ? ALWAYS_READY : yield* file.operations.poll(file, table);
    },
    *fsync(file, how) {
      if (file.operations.fsync === undefined) {
        if (file.node.kind === "file") return 0;
        throw new Errno(EINVAL);
      }
      return yield* file.operations.fsync(file, { start: 0n, end: LLONG_MAX, dataOnly: how === "data" });
    },
    objects,
    filesystems: k.journal.map(),
    get(file) {
      k.journal.touch(file).references += 1;
      if (file.guest !== 0) k.struct("file", file.guest).f_count.counter += 1n;
      return file;
    },
    put,
    *close(file, owner = 0) {
      try {
        if (file.operations.flush !== undefined) yield* file.operations.flush(file, owner);
      } finally {
        yield* put(file);
      }
    },
  };
};
