/** kernel_read() and kernel_write(): transfers to kernel memory (fs/read_write.c). */
import type { Address } from "../../base/address.ts";
import { EBADF, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { ITER } from "./iov-iter.ts";
import { FMODE } from "./objects.ts";
import type { OpenFile } from "./operations.ts";
import { MAX_RW_COUNT, checked } from "./transfers.ts";

export interface KernelTransfer {
  readonly file: Address;
  readonly buffer: Address;
  readonly count: number;
  /** Where the position is kept; 0 for a stream. */
  readonly position: Address;
  readonly direction: "read" | "write";
}

const LAST_NAMES = 4;

/** warn_unsupported() */
const unsupported = (k: Kernel, { path }: OpenFile, what: string): never => {
  // As the file system sees it: /dev is one of its own.
  const name = path
    .replace(/^\/dev(?=\/)/, "")
    .split("/")
    .slice(-LAST_NAMES)
    .join("/");
  const { pid, comm } = k.current;
  k.printk(4, `kernel ${what} not supported for file ${name} (pid: ${pid} comm: ${comm})`);
  throw new Errno(EINVAL);
};

/** A file that host code serves: at the position, which stays the caller's. */
function* hosted(
  k: Kernel,
  file: OpenFile,
  { buffer, count, position, direction }: KernelTransfer,
): Routine<number> {
  const before = file.position;
  if (position !== 0) k.journal.touch(file).position = k.memory.pointer(position);
  try {
    if (direction === "write") return yield* k.vfs.write(file, k.memory.bytes(buffer, count).slice());
    const bytes = yield* k.vfs.read(file, count);
    k.memory.write(buffer, bytes);
    return bytes.length;
  } finally {
    if (position !== 0) {
      k.memory.setPointer(position, file.position);
      file.position = before;
    }
  }
}

/** By the file's iterator functions, over a kvec. */
function* iterated(k: Kernel, fn: Address, transfer: KernelTransfer): Routine<number> {
  const { file, buffer, count, position, direction } = transfer;
  const size = k.sizeOf("kiocb") + k.sizeOf("iov_iter") + 16;
  const kiocb = k.heap.internal(new Uint8Array(size));
  const iter = kiocb + k.sizeOf("kiocb");
  const vector = kiocb + size - 16;
  k.memory.setPointer(vector, buffer);
  k.memory.setPointer(vector + 8, count);
  const call = k.struct("kiocb", kiocb);
  call.ki_filp = file as typeof call.ki_filp;
  call.ki_flags = k.struct("file", file).f_iocb_flags;
  call.ki_pos = position === 0 ? 0 : k.memory.pointer(position);
  const view = k.struct("iov_iter", iter);
  view.iter_type = ITER.KVEC;
  view.data_source = direction === "write";
  view.kvec = vector as typeof view.kvec;
  view.nr_segs = 1n;
  view.count = count;
  try {
    const done = checked(yield* k.call(fn, kiocb, iter));
    if (position !== 0) k.memory.setPointer(position, call.ki_pos);
    return done;
  } finally {
    k.heap.kfree(kiocb);
  }
}

/** Bytes moved. EBADF, EINVAL, and what the file says. */
export function* kernelTransfer(k: Kernel, wanted: KernelTransfer): Routine<number> {
  const { file, direction } = wanted;
  const opened = k.vfs.objects.find(file);
  if (opened === undefined) throw new Errno(EBADF);
  const { f_mode, f_op } = k.struct("file", file);
  const mode = direction === "read" ? FMODE.READ : FMODE.WRITE;
  if ((f_mode & mode) === 0) throw new Errno(direction === "read" ? EINVAL : EBADF);
  const transfer = { ...wanted, count: Math.min(wanted.count, MAX_RW_COUNT) };
  // Devices of the kernel itself have both kinds of functions.
  if (!k.vfs.objects.isGuests(opened) && opened.node.kind === "device") unsupported(k, opened, direction);
  if (!k.vfs.objects.isGuests(opened)) return yield* hosted(k, opened, transfer);
  const table = k.struct("file_operations", f_op);
  const [plain, iter] =
    direction === "read" ? [table.read, table.read_iter] : [table.write, table.write_iter];
  if (iter === 0 || plain !== 0) unsupported(k, opened, direction);
  return yield* iterated(k, iter, transfer);
}
