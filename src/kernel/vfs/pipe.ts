import { EINTR, EPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { block } from "../routine.ts";
import { O_WRONLY, POLLERR, POLLHUP, POLLIN, POLLOUT } from "../user.ts";
import type { FileOperations } from "./operations.ts";

/** Bytes a pipe holds before its writer waits (PIPE_DEF_BUFFERS pages). */
const CAPACITY = 65536;

interface Pipe {
  bytes: Uint8Array;
  readers: number;
  writers: number;
}

/** The two ends of a new pipe. `key` is what waiters are known by. */
export const pipeOperations = (k: Kernel, key: number): FileOperations => {
  const pipe: Pipe = { bytes: new Uint8Array(0), readers: 1, writers: 1 };
  const wake = (): void => void k.userWaits.wakeAll(key);
  return {
    *read(_file, count) {
      while (pipe.bytes.length === 0 && pipe.writers > 0) {
        k.userWaits.join(key, k.current);
        yield block("a pipe to fill", { interruptible: true });
        if (k.current.pending !== 0) throw new Errno(EINTR);
      }
      const piece = pipe.bytes.slice(0, count);
      k.journal.touch(pipe).bytes = pipe.bytes.slice(piece.length);
      wake();
      return piece;
    },
    *write(_file, bytes) {
      while (pipe.bytes.length >= CAPACITY && pipe.readers > 0) {
        k.userWaits.join(key, k.current);
        yield block("a pipe to drain", { interruptible: true });
        if (k.current.pending !== 0) throw new Errno(EINTR);
      }
      if (pipe.readers === 0) throw new Errno(EPIPE);
      const joined = new Uint8Array(pipe.bytes.length + bytes.length);
      joined.set(pipe.bytes);
      joined.set(bytes, pipe.bytes.length);
      k.journal.touch(pipe).bytes = joined;
      wake();
      return bytes.length;
    },
    *poll(file, table) {
      if (table !== 0) k.userWaits.join(key, k.current);
      if ((file.flags & O_WRONLY) !== 0)
        return (pipe.bytes.length < CAPACITY ? POLLOUT : 0) | (pipe.readers === 0 ? POLLERR : 0);
      return (pipe.bytes.length > 0 ? POLLIN : 0) | (pipe.writers === 0 ? POLLHUP : 0);
    },
    *release(file) {
      k.journal.touch(pipe);
      if ((file.flags & O_WRONLY) !== 0) pipe.writers -= 1;
      else pipe.readers -= 1;
      wake();
    },
  };
};
