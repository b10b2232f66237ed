import { Errno } from "../../base/errors.ts";
import { errnoName } from "../../base/errno.ts";
import type { Routine } from "../../kernel/routine.ts";
import {
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  POLLIN,
  POLLOUT,
  type UserSystem,
} from "../../kernel/user.ts";
import { type Operation, fromHex } from "./input.ts";

interface Session {
  readonly sys: UserSystem;
  readonly files: readonly string[];
  /** File descriptors by slot; undefined once closed. */
  readonly slots: (number | undefined)[];
}

/** Read and write where that is allowed, else what is. Calls that would wait for ever fail instead. */
function* openAny({ sys, files, slots }: Session, file: number): Routine<string> {
  const path = files[file % Math.max(files.length, 1)];
  if (path === undefined) return "no file";
  let refused: Errno | undefined;
  for (const access of [O_RDWR, O_RDONLY, O_WRONLY]) {
    try {
      slots.push(yield* sys.open(path, access | O_NONBLOCK));
      return "open";
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      refused = error;
    }
  }
  throw refused as Errno;
}

function* perform(session: Session, operation: Operation): Routine<string> {
  const { sys, slots } = session;
  if (operation.op === "open") return yield* openAny(session, operation.file);
  if (operation.op === "sleep") {
    yield* sys.nanosleep(operation.milliseconds * 1e6);
    return "slept";
  }
  const slot = operation.slot % Math.max(slots.length, 1);
  const fd = slots[slot];
  if (fd === undefined) return "closed";
  switch (operation.op) {
    case "close":
      slots[slot] = undefined;
      yield* sys.close(fd);
      return "closed";
    case "read":
      return `read ${(yield* sys.read(fd, operation.count)).length}`;
    case "write":
      return `wrote ${yield* sys.write(fd, fromHex(operation.data))}`;
    case "seek":
      return `at ${yield* sys.lseek(fd, operation.offset, operation.whence)}`;
    case "ioctl": {
      const { request, argument } = operation;
      const buffer = typeof argument === "string" ? fromHex(argument) : argument;
      return `ioctl ${yield* sys.ioctl(fd, request, buffer)}`;
    }
    case "poll":
      return `poll ${(yield* sys.poll([{ fd, events: POLLIN | POLLOUT }], 0)).join()}`;
  }
}

/** Runs the operations one after the other, closes what is open; results as text, one each. */
export function* performAll(
  sys: UserSystem,
  files: readonly string[],
  operations: readonly Operation[],
  results: string[],
): Routine<void> {
  const session: Session = { sys, files, slots: [] };
  for (const operation of operations) {
    try {
      results.push(yield* perform(session, operation));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      results.push(errnoName(error.errno) ?? `errno ${error.errno}`);
    }
  }
  for (const fd of session.slots) {
    if (fd === undefined) continue;
    try {
      yield* sys.close(fd);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
}
