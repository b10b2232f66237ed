import type { Address } from "../../base/address.ts";
import { EINVAL, ENOTTY, ENXIO, EOVERFLOW, ESPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { GFP_KERNEL } from "../memory/gfp.ts";
import { POLLIN, POLLOUT } from "../user.ts";
import type { Node } from "./node.ts";
import type { FileOperations, OpenFile } from "./operations.ts";
import type { Routine } from "../routine.ts";
import { seqRead } from "./seq-file.ts";

/** Addresses of a guest's functions, as struct file_operations or struct proc_ops has them; 0 for none. */
export interface GuestFunctions {
  readonly open: Address;
  readonly read: Address;
  readonly readIter: Address;
  readonly write: Address;
  readonly llseek: Address;
  readonly ioctl: Address;
  readonly poll: Address;
  readonly release: Address;
  readonly flush: Address;
}

export interface GuestFileKind {
  /** struct file_operations, for `f_op`. */
  readonly operations: Address;
  readonly functions: GuestFunctions;
  /** Fills in what this kind of file sets before `open` (`i_cdev`, `i_private`, `private_data`). */
  prepare(objects: { readonly inode: Address; readonly file: Address }, node: Node): void;
  /** Host code that opens and releases, in place of functions of the guest. */
  readonly hosted?: {
    open(objects: { readonly inode: Address; readonly file: Address }): Routine<void>;
    release(objects: { readonly inode: Address; readonly file: Address }): Routine<void>;
  };
  /** What a missing read or write fails with; EINVAL when left out. */
  readonly missing?: number;
  /** Takes and drops the module's reference while the file is open. */
  readonly pin: { get(): boolean; put(): void };
}

export const fileOperationsAt = (k: Kernel, address: Address): GuestFunctions => {
  const view = k.struct("file_operations", address);
  return {
    open: view.open,
    read: view.read,
    readIter: view.read_iter,
    write: view.write,
    llseek: view.llseek,
    ioctl: view.unlocked_ioctl,
    poll: view.poll,
    release: view.release,
    flush: view.flush,
  };
};

const FMODE_READ = 1;
const FMODE_WRITE = 2;
const FMODE_LSEEK = 4;
/** FMODE_PREAD, FMODE_PWRITE */
const FMODE_POSITION = 8 | 16;
const O_ACCMODE = 3;
/** default_llseek of a file that has no size. */
const MAX_BUFFER = 0x7ffff000;
const DEFAULT_POLLMASK = POLLIN | POLLOUT | 0x40 | 0x100;

/** A result as the kernel's functions give it: negative is an errno. */
const checked = (rax: bigint): number => {
  const value = Number(BigInt.asIntN(64, rax));
  if (value < 0 && value >= -4095) throw new Errno(-value);
  return value;
};
/** Files that guest code serves: struct file and inode with the real layout, user buffers in user memory. */
export const guestFile = (k: Kernel, kind: GuestFileKind): FileOperations => {
  const { functions } = kind;
  const objects = (file: OpenFile): { file: Address; inode: Address } => file.state as never;

  const build = (file: OpenFile): void => {
    const inode = k.heap.kmalloc(k.sizeOf("inode"), GFP_KERNEL);
    const guest = k.heap.kmalloc(k.sizeOf("file"), GFP_KERNEL);
    const inodeView = k.struct("inode", inode);
    inodeView.i_mode = file.node.mode;
    inodeView.i_ino = BigInt(file.node.ino);
    inodeView.i_fop = kind.operations;
    if (file.node.kind === "device") inodeView.i_rdev = file.node.rdev;
    const view = k.struct("file", guest);
    const access = file.flags & O_ACCMODE;
    view.f_flags = file.flags;
    const seek = functions.llseek === 0 ? 0 : FMODE_LSEEK;
    view.f_mode = (access === 1 ? 0 : FMODE_READ) | (access === 0 ? 0 : FMODE_WRITE) | FMODE_POSITION | seek;
    view.f_inode = inode;
    view.f_op = kind.operations;
    view.f_count.counter = 1n;
    kind.prepare({ inode, file: guest }, file.node);
    file.guest = guest;
    file.state = { file: guest, inode };
  };
  const destroy = (file: OpenFile): void => {
    const { file: guest, inode } = objects(file);
    k.heap.kfree(guest);
    k.heap.kfree(inode);
    file.guest = 0;
  };
  /** Moves f_pos between the guest's struct and the description around a call. */
  const position = (file: OpenFile): Address => {
    const at = file.guest + k.offsetOf("file", "f_pos");
    k.memory.setPointer(at, file.position);
    return at;
  };
  const userBuffer = (size: number): Address => k.userBuffers.buffer(k.current.pid, size);

  /** Only the kernel's own iterator is understood: seq_file's. */
  function* readIter(file: OpenFile, size: number): Routine<Uint8Array> {
    const known = k.profile.symbol("seq_read_iter")?.address;
    if (functions.readIter === 0 || functions.readIter !== known) throw new Errno(kind.missing ?? EINVAL);
    const bytes = yield* seqRead(k, k.struct("file", file.guest).private_data, size, file.position);
    file.position += bytes.length;
    k.struct("file", file.guest).f_pos = file.position;
    return bytes;
  }

  return {
    *open(file) {
      if (!kind.pin.get()) throw new Errno(ENXIO);
      build(file);
      if (kind.hosted !== undefined) return yield* kind.hosted.open(objects(file));
      if (functions.open === 0) return;
      const { file: guest, inode } = objects(file);
      const result = Number(BigInt.asIntN(32, yield* k.call(functions.open, inode, guest)));
      if (result === 0) return;
      destroy(file);
      kind.pin.put();
      throw new Errno(result < 0 ? -result : EINVAL);
    },
    *read(file, count) {
      const size = Math.min(count, MAX_BUFFER);
      if (functions.read === 0) return yield* readIter(file, size);
      const buffer = userBuffer(size);
      const at = position(file);
      const got = checked(yield* k.call(functions.read, file.guest, buffer, size, at));
      file.position = k.memory.pointer(at);
      if (got > size) throw new Errno(EOVERFLOW);
      return k.userBuffers.read(buffer, got);
    },
    *write(file, bytes) {
      if (functions.write === 0) throw new Errno(kind.missing ?? EINVAL);
      const buffer = userBuffer(bytes.length);
      k.userBuffers.write(buffer, bytes);
      const at = position(file);
      const taken = checked(yield* k.call(functions.write, file.guest, buffer, bytes.length, at));
      file.position = k.memory.pointer(at);
      return taken;
    },
    *lseek(file, offset, whence) {
      if ((k.struct("file", file.guest).f_mode & FMODE_LSEEK) === 0) throw new Errno(ESPIPE);
      position(file);
      const moved = checked(yield* k.call(functions.llseek, file.guest, BigInt(offset), whence));
      file.position = k.memory.pointer(file.guest + k.offsetOf("file", "f_pos"));
      return moved;
    },
    *ioctl(file, request, argument) {
      if (functions.ioctl === 0) throw new Errno(ENOTTY);
      if (typeof argument !== "object") {
        return checked(yield* k.call(functions.ioctl, file.guest, request, argument));
      }
      const buffer = userBuffer(argument.length);
      k.userBuffers.write(buffer, argument);
      const result = checked(yield* k.call(functions.ioctl, file.guest, request, buffer));
      argument.set(k.userBuffers.read(buffer, argument.length));
      return result;
    },
    *poll(file) {
      if (functions.poll === 0) return DEFAULT_POLLMASK;
      return Number(BigInt.asUintN(32, yield* k.call(functions.poll, file.guest, 0)));
    },
    *release(file) {
      const { file: guest, inode } = objects(file);
      if (kind.hosted !== undefined) yield* kind.hosted.release({ file: guest, inode });
      if (functions.flush !== 0) yield* k.call(functions.flush, guest, 0);
      if (functions.release !== 0) yield* k.call(functions.release, inode, guest);
      destroy(file);
      kind.pin.put();
    },
  };
};

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
