/** System calls that change descriptors and signals: fs/fcntl.c, fs/file.c, fs/sync.c, fs/eventfd.c, kernel/signal.c. */
import { EINVAL } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import { SYSCALL } from "../../oops/user-registers.ts";
import type { Routine } from "../../routine.ts";
import {
  FASYNC,
  F_DUPFD,
  F_GETFL,
  F_GETOWN,
  F_SETFL,
  F_SETOWN,
  F_SETSIG,
  O_APPEND,
  O_NONBLOCK,
  type UserSystem,
} from "../../user.ts";
import { openEventfd } from "../eventfd.ts";
import type { OpenFile } from "../operations.ts";
import type { CallContext } from "./context.ts";
import { signalBit } from "./signals.ts";

const SYS_FCNTL = 72;
const SYS_FSYNC = 74;
const O_DIRECT = 0o40000;
const O_NOATIME = 0o1000000;
const SETFL_MASK = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC;
const IOCB_APPEND = 0x10;

/** setfl(): the driver hears of FASYNC before the flags change. */
function* setFlags({ k }: CallContext, file: OpenFile, fd: number, wanted: number): Routine<number> {
  if (((wanted ^ file.flags) & FASYNC) !== 0 && file.operations.fasync !== undefined)
    yield* file.operations.fasync(file, fd, (wanted & FASYNC) !== 0);
  const flags = (wanted & SETFL_MASK) | (file.flags & ~SETFL_MASK);
  k.journal.touch(file).flags = flags;
  if (file.guest !== 0) {
    const view = k.struct("file", file.guest);
    view.f_flags = flags;
    view.f_iocb_flags = (flags & O_APPEND) === 0 ? 0 : IOCB_APPEND;
  }
  return 0;
}

type Control = Pick<
  UserSystem,
  "dup" | "fcntl" | "fsync" | "compatIoctl" | "eventfd" | "sigaction" | "caughtSignals"
>;

function* control(context: CallContext, fd: number, command: number, argument: number): Routine<number> {
  const { k, process } = context;
  const file = context.fileOf(fd);
  switch (command) {
    case F_DUPFD: {
      let free = argument;
      while (process.files.has(free) || process.reserved.has(free)) free += 1;
      process.files.set(free, k.vfs.get(file));
      return free;
    }
    case F_GETFL:
      return file.guest === 0 ? file.flags : k.struct("file", file.guest).f_flags;
    case F_SETFL:
      return yield* setFlags(context, file, fd, argument);
    case F_SETOWN:
      k.journal.touch(file).owner = argument;
      return 0;
    case F_GETOWN:
      return file.owner;
    case F_SETSIG:
      if (argument < 0 || argument > 64) throw new Errno(EINVAL);
      k.journal.touch(file).signal = argument;
      return 0;
    default:
      throw new Errno(EINVAL);
  }
}

export const controlCalls = (context: CallContext): Control => {
  const { k, process, call, fileOf, install } = context;
  const { signals } = process;
  return {
    dup: (fd, least = 0) => control(context, fd, F_DUPFD, least),
    fcntl: (fd, command, argument = 0) => call(SYS_FCNTL, () => control(context, fd, command, argument)),
    *fsync(fd, how = "all") {
      yield* call(SYS_FSYNC, () => k.vfs.fsync(fileOf(fd), how));
    },
    compatIoctl: (fd, request, argument) =>
      call(SYSCALL.IOCTL, () => k.vfs.compatIoctl(fileOf(fd), request, argument)),
    *eventfd(initial, flags) {
      return install(openEventfd(k, initial, flags));
    },
    sigaction(signal, action) {
      const bit = signalBit(signal);
      k.journal.touch(signals);
      const set = (name: "handled" | "restart" | "ignored", on: boolean): void => {
        signals[name] = on ? signals[name] | bit : signals[name] & ~bit;
      };
      set("handled", action === "handle" || action === "handle-restart");
      set("restart", action === "handle-restart");
      set("ignored", action === "ignore");
    },
    caughtSignals() {
      const { caught } = signals;
      k.journal.touch(signals).caught = 0;
      return Array.from({ length: 31 }, (_, at) => at + 1).filter(
        (signal) => (caught & signalBit(signal)) !== 0,
      );
    },
  };
};
