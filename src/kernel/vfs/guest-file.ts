/** Files that guest code serves: struct file and inode with the real layout, user buffers in user memory. */
import { asInt } from "../../abi/calls.ts";
import type { Address } from "../../base/address.ts";
import { EINVAL, ENODEV, ENOIOCTLCMD, ENOTTY, ENXIO, ESPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { CalledKind, FileOperation } from "../oops/file-callers.ts";
import type { Routine } from "../routine.ts";
import { POLLIN, POLLOUT } from "../user.ts";
import { calledFrom } from "./called-from.ts";
import type { GuestFunctions } from "./guest-functions.ts";
import type { Node } from "./node.ts";
import { FMODE, O_ONLY_AT_OPEN } from "./objects.ts";
import type { FileOperations, OpenFile } from "./operations.ts";
import { checked, guestTransfers } from "./transfers.ts";

export interface GuestFileKind {
  /** For call traces. */
  readonly kind: CalledKind;
  /** struct file_operations, for `f_op`. */
  readonly operations: Address;
  readonly functions: GuestFunctions;
  /** Fills in what this kind of file sets before `open` (`i_cdev`, `i_private`, `private_data`). */
  prepare(objects: GuestObjects, node: Node): void;
  /** Host code that opens and releases, in place of functions of the guest. */
  readonly hosted?: {
    open(objects: GuestObjects): Routine<void>;
    release(objects: GuestObjects): Routine<void>;
  };
  /** What a missing read or write fails with; EINVAL when left out. */
  readonly missing?: number;
  /** Takes and drops the module's reference while the file is open. */
  readonly pin: { get(): boolean; put(): void };
}

export interface GuestObjects {
  readonly inode: Address;
  readonly file: Address;
}

const DEFAULT_POLLMASK = POLLIN | POLLOUT | 0x40 | 0x100;
const FASYNC = 0o20000;

/** What the guest wrote into f_flags and f_mode shows in the description. */
const opened = (k: Kernel, file: OpenFile): void => {
  const view = k.struct("file", file.guest);
  view.f_flags &= ~O_ONLY_AT_OPEN;
  k.journal.touch(file).flags = view.f_flags;
};

function* runOpen(k: Kernel, kind: GuestFileKind, objects: GuestObjects): Routine<void> {
  if (kind.hosted !== undefined) return yield* kind.hosted.open(objects);
  if (kind.functions.open === 0) return;
  const call = k.call(kind.functions.open, objects.inode, objects.file);
  const result = asInt(yield* calledFrom(k, kind.kind, "open", call));
  if (result !== 0) throw new Errno(result < 0 ? -result : EINVAL);
}

/** Opening and closing. */
const lifetime = (
  k: Kernel,
  kind: GuestFileKind,
): Required<Pick<FileOperations, "open" | "flush" | "release">> => {
  const { functions } = kind;
  const from = <T>(operation: FileOperation, call: Routine<T>): Routine<T> =>
    calledFrom(k, kind.kind, operation, call);
  return {
    *open(file) {
      if (!kind.pin.get()) throw new Errno(ENXIO);
      const { objects } = k.vfs;
      const inode = objects.inode(file.node);
      const guest = objects.file(file, kind.operations);
      const view = k.struct("file", guest);
      if (functions.llseek !== 0) view.f_mode |= FMODE.LSEEK;
      k.struct("inode", inode).i_fop = kind.operations;
      kind.prepare({ inode, file: guest }, file.node);
      try {
        yield* runOpen(k, kind, { inode, file: guest });
      } catch (error) {
        objects.release(file);
        kind.pin.put();
        throw error;
      }
      opened(k, file);
    },
    *flush(file, owner) {
      if (functions.flush === 0) return;
      const result = asInt(yield* from("flush", k.call(functions.flush, file.guest, owner)));
      if (result < 0) throw new Errno(-result);
    },
    *release(file) {
      const { guest } = file;
      const inode = k.struct("file", guest).f_inode;
      if ((k.struct("file", guest).f_flags & FASYNC) !== 0 && functions.fasync !== 0)
        yield* k.call(functions.fasync, -1, guest, 0);
      if (kind.hosted !== undefined) yield* kind.hosted.release({ file: guest, inode });
      if (functions.release !== 0) yield* from("release", k.call(functions.release, inode, guest));
      k.vfs.objects.release(file);
      kind.pin.put();
    },
  };
};

interface Command {
  readonly file: OpenFile;
  readonly request: number;
  readonly argument: number | bigint | Uint8Array;
}
/** ioctl(): an argument that is bytes lies in a buffer of the process while the call runs. */
function* command(
  k: Kernel,
  kind: GuestFileKind["kind"],
  fn: Address,
  { file, request, argument }: Command,
): Routine<number> {
  if (fn === 0) throw new Errno(ENOTTY);
  const buffer = typeof argument === "object" ? k.userBuffers.buffer(k.current.pid, argument.length) : 0;
  if (typeof argument === "object") k.userBuffers.write(buffer, argument);
  try {
    const passed = typeof argument === "object" ? buffer : argument;
    const call = k.call(fn, file.guest, request, passed);
    return checked(yield* calledFrom(k, kind, "ioctl", call));
  } catch (error) {
    if (error instanceof Errno && error.errno === ENOIOCTLCMD) throw new Errno(ENOTTY);
    throw error;
  } finally {
    if (typeof argument === "object") argument.set(k.userBuffers.read(buffer, argument.length));
  }
}

/** Commands: lseek, ioctl, fsync, fasync, poll, mmap. */
const commands = (k: Kernel, { kind, functions }: GuestFileKind): FileOperations => ({
  *lseek(file, offset, whence) {
    const view = k.struct("file", file.guest);
    if ((view.f_mode & FMODE.LSEEK) === 0) throw new Errno(ESPIPE);
    const call = k.call(functions.llseek, file.guest, BigInt(offset), whence);
    const moved = checked(yield* calledFrom(k, kind, "llseek", call));
    k.journal.touch(file).position = view.f_pos;
    return moved;
  },
  ioctl: (file, request, argument, abi) =>
    command(k, kind, abi === "native" ? functions.ioctl : functions.compatIoctl, { file, request, argument }),
  *poll(file, table) {
    if (functions.poll === 0) return DEFAULT_POLLMASK;
    return Number(BigInt.asUintN(32, yield* k.call(functions.poll, file.guest, table)));
  },
  *mmap(file, vma) {
    if (functions.mmap === 0) throw new Errno(ENODEV);
    const result = asInt(yield* k.call(functions.mmap, file.guest, vma));
    if (result < 0) throw new Errno(-result);
  },
  *fasync(file, fd, on) {
    if (functions.fasync === 0) throw new Errno(ENOTTY);
    const result = asInt(yield* k.call(functions.fasync, fd, file.guest, on ? 1 : 0));
    if (result < 0) throw new Errno(-result);
  },
  *fsync(file, { start, end, dataOnly }) {
    if (functions.fsync === 0) throw new Errno(EINVAL);
    return checked(yield* k.call(functions.fsync, file.guest, start, end, dataOnly ? 1 : 0));
  },
});

/** proc_iter_file_ops has a splice_read; of a module's own only the usual helper is served. */
const canSplice = (k: Kernel, { kind, functions }: GuestFileKind): boolean => {
  if (functions.readIter === 0) return false;
  if (kind === "proc") return true;
  return functions.spliceRead !== 0 && functions.spliceRead === k.symbols.address("generic_file_splice_read");
};

export const guestFile = (k: Kernel, kind: GuestFileKind): FileOperations => ({
  splice: canSplice(k, kind),
  ...lifetime(k, kind),
  ...commands(k, kind),
  ...guestTransfers(k, kind),
});

/** References on the modules that own a cdev or a table of operations, held while a file is open. */
export const ownerPin = (k: Kernel, owners: readonly Address[]): GuestFileKind["pin"] => {
  type Held = NonNullable<ReturnType<Kernel["modules"]["list"]["byStruct"]>>;
  const modules = (): Held[] =>
    owners.flatMap((owner) => {
      const found = owner === 0 ? undefined : k.modules.list.byStruct(owner);
      return found === undefined ? [] : [found];
    });
  return {
    get() {
      const held: Held[] = [];
      for (const module of modules()) {
        if (k.modules.references.tryGet(module)) held.push(module);
        else {
          for (const each of held) k.modules.references.put(each);
          return false;
        }
      }
      return true;
    },
    put() {
      for (const module of modules()) k.modules.references.put(module);
    },
  };
};

/** No module is held. */
export const NO_PIN: GuestFileKind["pin"] = { get: () => true, put: () => undefined };
