/** System calls that move bytes in other ways than read and write: fs/read_write.c, fs/splice.c. */
import { EBADF, EINVAL, ESPIPE } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Kernel } from "../../kernel.ts";
import type { Routine } from "../../routine.ts";
import { O_APPEND, O_RDONLY, O_WRONLY, S_IFIFO, S_IFMT, type UserSystem } from "../../user.ts";
import { FMODE } from "../objects.ts";
import type { OpenFile } from "../operations.ts";
import type { CallContext } from "./context.ts";

const SYS = { PREAD: 17, PWRITE: 18, READV: 19, WRITEV: 20, SENDFILE: 40 } as const;
const O_ACCMODE = 3;
/** What one turn of sendfile moves: a pipe's worth. */
const CHUNK = 65536;
const UIO_MAXIOV = 1024;

/** Runs `act` with the file at another position, which afterwards is as before. */
function* at<T>(k: Kernel, file: OpenFile, offset: number, mode: number, act: () => Routine<T>): Routine<T> {
  if (offset < 0) throw new Errno(EINVAL);
  const guest = file.guest === 0 ? undefined : k.struct("file", file.guest);
  if (guest !== undefined && (guest.f_mode & mode) === 0) throw new Errno(ESPIPE);
  const before = file.position;
  k.journal.touch(file).position = offset;
  try {
    return yield* act();
  } finally {
    file.position = before;
    if (guest !== undefined && file.guest !== 0) guest.f_pos = before;
  }
}

/** do_sendfile(): a pipe takes what one turn reads, other files everything up to the end. */
function* move(k: Kernel, to: OpenFile, from: OpenFile, count: number): Routine<number> {
  if ((from.flags & O_ACCMODE) === O_WRONLY || (to.flags & O_ACCMODE) === O_RDONLY) throw new Errno(EBADF);
  // Drivers have no splice_write.
  if (from.operations.splice !== true || to.guest !== 0 || (to.flags & O_APPEND) !== 0)
    throw new Errno(EINVAL);
  const isPipe = (to.node.mode & S_IFMT) === S_IFIFO;
  let moved = 0;
  while (moved < count && !(isPipe && moved > 0)) {
    const bytes = yield* k.vfs.read(from, Math.min(count - moved, CHUNK));
    if (bytes.length === 0) break;
    const taken = yield* k.vfs.write(to, bytes);
    moved += taken;
    if (taken < bytes.length) break;
  }
  return moved;
}

type Transfers = Pick<UserSystem, "pread" | "pwrite" | "readv" | "writev" | "sendfile">;

export const transferCalls = ({ k, call, fileOf }: CallContext): Transfers => {
  const { vfs } = k;
  function* readAll(file: OpenFile, sizes: readonly number[]): Routine<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (const size of sizes) {
      const part = yield* vfs.read(file, size);
      parts.push(part);
      if (part.length < size) break;
    }
    return Buffer.concat(parts);
  }
  function* writeAll(file: OpenFile, pieces: readonly Uint8Array[]): Routine<number> {
    let done = 0;
    for (const piece of pieces) {
      const taken = yield* vfs.write(file, piece);
      done += taken;
      if (taken < piece.length) break;
    }
    return done;
  }
  const checkCount = (count: number): void => {
    if (count > UIO_MAXIOV) throw new Errno(EINVAL);
  };
  return {
    pread: (fd, count, offset) =>
      call(SYS.PREAD, () => at(k, fileOf(fd), offset, FMODE.PREAD, () => vfs.read(fileOf(fd), count))),
    pwrite: (fd, bytes, offset) =>
      call(SYS.PWRITE, () => at(k, fileOf(fd), offset, FMODE.PWRITE, () => vfs.write(fileOf(fd), bytes))),
    *readv(fd, sizes) {
      checkCount(sizes.length);
      return yield* call(SYS.READV, () => readAll(fileOf(fd), sizes));
    },
    *writev(fd, pieces) {
      checkCount(pieces.length);
      return yield* call(SYS.WRITEV, () => writeAll(fileOf(fd), pieces));
    },
    sendfile: (to, from, count) => call(SYS.SENDFILE, () => move(k, fileOf(to), fileOf(from), count)),
  };
};
