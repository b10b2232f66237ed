/** read(2) and write(2) of files that guest code serves (fs/read_write.c). */
import type { Address } from "../../base/address.ts";
import { isErr } from "../../base/err.ts";
import { ECHILD, EINVAL, EOVERFLOW } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { calledFrom } from "./called-from.ts";
import type { GuestFileKind } from "./guest-file.ts";
import { FMODE } from "./objects.ts";
import type { OpenFile } from "./operations.ts";
import { seqRead } from "./seq-file.ts";

export const MAX_RW_COUNT = 0x7ffff000;
/** enum iter_type */
const ITER_UBUF = 6;
const IOCB_WRITE = 1 << 19;

/**
 * A result below zero that is no error number leaves a program's errno as it was: of those that the
 * shell starts, that of the shell's last wait, without children.
 */
const STALE_ERRNO = ECHILD;

/** A result as the kernel's functions give it: negative is an errno. */
export const checked = (rax: bigint): number => {
  const value = Number(BigInt.asIntN(64, rax));
  if (isErr(value)) throw new Errno(-value);
  return value;
};

interface Transfer {
  readonly file: OpenFile;
  /** In user memory. */
  readonly buffer: Address;
  readonly size: number;
  readonly direction: "read" | "write";
}

const isStream = (k: Kernel, file: OpenFile): boolean =>
  (k.struct("file", file.guest).f_mode & FMODE.STREAM) !== 0;

/** Both ends of the file position: the guest's f_pos is the one that counts. */
const moveTo = (k: Kernel, file: OpenFile, position: number): void => {
  k.struct("file", file.guest).f_pos = position;
  k.journal.touch(file).position = position;
};

/** By `read` or `write`: the position is a copy, stored back when the call succeeded. */
function* plainly(k: Kernel, fn: Address, { file, buffer, size }: Transfer): Routine<number> {
  if (isStream(k, file)) return checked(yield* k.call(fn, file.guest, buffer, size, 0));
  const cell = k.heap.internal(new Uint8Array(8));
  k.memory.setPointer(cell, file.position);
  try {
    const done = checked(yield* k.call(fn, file.guest, buffer, size, cell));
    moveTo(k, file, k.memory.pointer(cell));
    return done;
  } finally {
    k.heap.kfree(cell);
  }
}

/** By `read_iter` or `write_iter`: new_sync_read(), new_sync_write(). */
function* iterated(k: Kernel, fn: Address, transfer: Transfer): Routine<number> {
  const { file, buffer, size, direction } = transfer;
  const kiocb = k.heap.internal(new Uint8Array(k.sizeOf("kiocb") + k.sizeOf("iov_iter")));
  const iter = kiocb + k.sizeOf("kiocb");
  const call = k.struct("kiocb", kiocb);
  const stream = isStream(k, file);
  call.ki_filp = file.guest as typeof call.ki_filp;
  call.ki_flags = k.struct("file", file.guest).f_iocb_flags | (direction === "write" ? IOCB_WRITE : 0);
  call.ki_pos = stream ? 0 : file.position;
  const view = k.struct("iov_iter", iter);
  view.iter_type = ITER_UBUF;
  view.user_backed = true;
  view.data_source = direction === "write";
  view.ubuf = buffer as typeof view.ubuf;
  view.count = size;
  view.nr_segs = 1n;
  try {
    const done = checked(yield* k.call(fn, kiocb, iter));
    if (!stream) moveTo(k, file, call.ki_pos);
    return done;
  } finally {
    k.heap.kfree(kiocb);
  }
}

export interface GuestTransfers {
  read(file: OpenFile, count: number): Routine<Uint8Array>;
  write(file: OpenFile, bytes: Uint8Array): Routine<number>;
}

/** `missing`: what a missing function fails with. */
export const guestTransfers = (
  k: Kernel,
  { kind, functions, missing = EINVAL }: GuestFileKind,
): GuestTransfers => {
  const seqReadIter = (): number | undefined => k.profile.symbol("seq_read_iter")?.address;
  const buffer = (size: number): Address => k.userBuffers.buffer(k.current.pid, size);
  function* transfer(fn: Address, iter: Address, transfer: Transfer): Routine<number> {
    const { direction } = transfer;
    if (fn !== 0) return yield* calledFrom(k, kind, direction, plainly(k, fn, transfer));
    if (iter !== 0) return yield* calledFrom(k, kind, `${direction}Iter`, iterated(k, iter, transfer));
    throw new Errno(missing);
  }
  return {
    *read(file, count) {
      const size = Math.min(count, MAX_RW_COUNT);
      if (functions.read === 0 && functions.readIter !== 0 && functions.readIter === seqReadIter()) {
        const reading = seqRead(k, k.struct("file", file.guest).private_data, size, file.position);
        const bytes = yield* calledFrom(k, kind, "readIter", reading);
        moveTo(k, file, file.position + bytes.length);
        return bytes;
      }
      const target = buffer(size);
      const wanted: Transfer = { file, buffer: target, size, direction: "read" };
      const got = yield* transfer(functions.read, functions.readIter, wanted);
      if (got < 0) throw new Errno(STALE_ERRNO);
      if (got > size) throw new Errno(EOVERFLOW);
      return k.userBuffers.read(target, got);
    },
    *write(file, bytes) {
      const source = buffer(bytes.length);
      k.userBuffers.write(source, bytes);
      const wanted: Transfer = { file, buffer: source, size: bytes.length, direction: "write" };
      return yield* transfer(functions.write, functions.writeIter, wanted);
    },
  };
};
