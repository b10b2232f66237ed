/** /dev/kmsg (kernel/printk/printk.c). */
import { bytesToByteString, byteStringToBytes } from "../../base/bytes.ts";
import { EAGAIN, EINTR, EINVAL, EPIPE, ESPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { kmsgMessage, readKmsg } from "../log/kmsg.ts";
import { block } from "../routine.ts";
import { O_NONBLOCK, SEEK_END, SEEK_SET } from "../user.ts";
import type { FileOperations, OpenFile } from "./operations.ts";

const SEEK_DATA = 3;
/** How long a reader sleeps before it looks again. */
const PAUSE_NS = 10_000_000;

const seekTo = (k: Kernel, whence: number): number => {
  if (whence === SEEK_SET) return k.log.first;
  if (whence === SEEK_DATA) return k.log.cleared;
  if (whence === SEEK_END) return k.log.next;
  throw new Errno(EINVAL);
};

/** A read answers with one record; a write logs one. Where a reader stands is the file's state. */
export const kmsgOperations = (k: Kernel): FileOperations => {
  const move = (file: OpenFile, seq: number): void => {
    k.journal.touch(file).state = seq;
  };
  return {
    *open(file) {
      move(file, k.log.first);
    },
    *read(file, count) {
      for (;;) {
        const found = readKmsg(k.log, file.state as number);
        if (found.kind !== "empty") move(file, found.next);
        if (found.kind === "lost") throw new Errno(EPIPE);
        if (found.kind === "record") {
          if (found.text.length > count) throw new Errno(EINVAL);
          return byteStringToBytes(found.text);
        }
        if ((file.flags & O_NONBLOCK) !== 0) throw new Errno(EAGAIN);
        yield block("a record of the kernel log", {
          deadline: k.clock.now() + PAUSE_NS,
          interruptible: true,
        });
        if (k.current.pending !== 0) throw new Errno(EINTR);
      }
    },
    *write(_file, bytes) {
      const { text, ...how } = kmsgMessage(bytesToByteString(bytes));
      k.log.emit({ text, ...how });
      return bytes.length;
    },
    *lseek(file, offset, whence) {
      if (offset !== 0) throw new Errno(ESPIPE);
      move(file, seekTo(k, whence));
      return 0;
    },
  };
};
