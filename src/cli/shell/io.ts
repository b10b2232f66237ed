import { type ByteString, bytesToByteString, byteStringToBytes } from "../../base/bytes.ts";
import { EPIPE } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Routine } from "../../kernel/routine.ts";
import { O_RDONLY, type UserSystem } from "../../kernel/user.ts";
import { SignalDeath } from "./program.ts";

/** Buffer of stdio for what is not a terminal. */
const BUFFER = 4096;
/** What cat and its like read at once (copyfd.c). */
export const COPY_CHUNK = 65536;
const SIGPIPE = 13;
/** A file read whole may have at most this many bytes; an endless one must not fill memory. */
const MAX_WHOLE = 64 * 1024 * 1024;

/** Writes all of it, as full_write does. A pipe nobody reads kills the process. */
export function* writeAll(sys: UserSystem, fd: number, bytes: Uint8Array): Routine<void> {
  let rest = bytes;
  while (rest.length > 0) {
    let taken: number;
    try {
      taken = yield* sys.write(fd, rest);
    } catch (error) {
      if (error instanceof Errno && error.errno === EPIPE) throw new SignalDeath(SIGPIPE);
      throw error;
    }
    rest = rest.subarray(taken);
  }
}

export function* writeText(sys: UserSystem, fd: number, text: ByteString): Routine<void> {
  yield* writeAll(sys, fd, byteStringToBytes(text));
}

/** Standard output as stdio buffers it. */
export interface Output {
  print(text: ByteString): Routine<void>;
  flush(): Routine<void>;
}

export const createOutput = (sys: UserSystem, fd: number): Output => {
  let pending = "";
  function* flush(): Routine<void> {
    const text = pending;
    pending = "";
    if (text !== "") yield* writeText(sys, fd, text);
  }
  return {
    *print(text) {
      pending += text;
      while (pending.length >= BUFFER) {
        const part = pending.slice(0, BUFFER);
        pending = pending.slice(BUFFER);
        yield* writeText(sys, fd, part);
      }
    },
    flush,
  };
};

/** Everything a descriptor still has, at most `MAX_WHOLE` bytes. */
export function* readRest(sys: UserSystem, fd: number, chunk = COPY_CHUNK): Routine<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < MAX_WHOLE) {
    const bytes = yield* sys.read(fd, chunk);
    if (bytes.length === 0) break;
    parts.push(bytes);
    size += bytes.length;
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

export function* readFile(sys: UserSystem, path: ByteString): Routine<Uint8Array> {
  const fd = yield* sys.open(path, O_RDONLY);
  try {
    return yield* readRest(sys, fd);
  } finally {
    yield* sys.close(fd);
  }
}

export function* readText(sys: UserSystem, path: ByteString): Routine<ByteString> {
  return bytesToByteString(yield* readFile(sys, path));
}

/** Lines of a descriptor as they come, with their newline (the last one may lack it). */
export interface LineReader {
  /** Undefined at the end. */
  next(): Routine<ByteString | undefined>;
}

export const createLineReader = (sys: UserSystem, fd: number): LineReader => {
  let buffer = "";
  let ended = false;
  return {
    *next() {
      for (;;) {
        const end = buffer.indexOf("\n");
        if (end >= 0) {
          const line = buffer.slice(0, end + 1);
          buffer = buffer.slice(end + 1);
          return line;
        }
        if (ended) break;
        const bytes = yield* sys.read(fd, BUFFER);
        if (bytes.length === 0) ended = true;
        buffer += bytesToByteString(bytes);
      }
      const rest = buffer;
      buffer = "";
      return rest === "" ? undefined : rest;
    },
  };
};
