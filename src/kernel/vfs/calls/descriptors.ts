/** System calls on descriptors: fs/open.c, fs/read_write.c, fs/ioctl.c, fs/select.c, fs/file.c, fs/pipe.c. */
import type { Address } from "../../../base/address.ts";
import { SYSCALL } from "../../oops/user-registers.ts";
import { type Routine, block } from "../../routine.ts";
import { O_RDONLY, O_RDWR, O_WRONLY, type PollEntry, type UserSystem } from "../../user.ts";
import { regularFiles } from "../kept-files.ts";
import { pipeOperations } from "../pipe.ts";
import type { CallContext } from "./context.ts";

/** Keys in `userWaits` below which those of pipes lie. */
const PIPE_KEYS = -0x1000_0000;

function* pollOnce({ k, call, fileOf }: CallContext, entries: readonly PollEntry[]): Routine<number[]> {
  const ready: number[] = [];
  for (const { fd, events } of entries) {
    ready.push((yield* call(SYSCALL.POLL, () => k.vfs.poll(fileOf(fd)))) & (events | 0x18));
  }
  return ready;
}

const polling = (context: CallContext): Pick<UserSystem, "poll"> => {
  const { k, interrupted } = context;
  return {
    *poll(entries, timeout) {
      const until = timeout === undefined ? undefined : k.clock.now() + timeout;
      for (;;) {
        const ready = yield* pollOnce(context, entries);
        if (ready.some((events) => events !== 0) || (until !== undefined && k.clock.now() >= until))
          return ready;
        // Drivers wake their own wait queues; looking again every tick finds what they did.
        const next = k.clock.now() + 1_000_000;
        yield block("poll", {
          deadline: until === undefined ? next : Math.min(next, until),
          interruptible: true,
        });
        interrupted();
      }
    },
  };
};

type Descriptors = Pick<
  UserSystem,
  "open" | "close" | "read" | "write" | "lseek" | "ioctl" | "poll" | "dup2" | "pipe" | "memfd"
>;

export const descriptorCalls = (context: CallContext): Descriptors => {
  const { k, process, call, fileOf, install } = context;
  const { files } = process;
  const { vfs } = k;
  /** current->files */
  const owner = (): Address => k.struct("task_struct", process.task.taskStruct).files;
  return {
    ...polling(context),
    *open(path, flags, mode = 0o666) {
      const opened = yield* call(SYSCALL.OPEN, () => vfs.open(path, process.directory, flags, mode & ~0o22));
      return install(opened);
    },
    *close(fd) {
      const file = fileOf(fd);
      files.delete(fd);
      yield* call(SYSCALL.CLOSE, () => vfs.close(file, owner()));
    },
    read: (fd, count) => call(SYSCALL.READ, () => vfs.read(fileOf(fd), count)),
    write: (fd, bytes) => call(SYSCALL.WRITE, () => vfs.write(fileOf(fd), bytes)),
    lseek: (fd, offset, whence) => call(SYSCALL.LSEEK, () => vfs.lseek(fileOf(fd), offset, whence)),
    ioctl: (fd, request, argument) => call(SYSCALL.IOCTL, () => vfs.ioctl(fileOf(fd), request, argument)),
    *dup2(from, to) {
      const file = fileOf(from);
      if (from === to) return;
      const old = files.get(to);
      files.set(to, vfs.get(file));
      if (old !== undefined) yield* vfs.close(old, owner());
    },
    *pipe() {
      const node = { ...vfs.tree.newFile(0o600), mode: 0o10600 };
      const operations = pipeOperations(k, PIPE_KEYS - node.ino);
      const reader = install(vfs.adopt(node, O_RDONLY, operations));
      return [reader, install(vfs.adopt(node, O_WRONLY, operations))];
    },
    *memfd(_name, contents) {
      return install(vfs.adopt(vfs.tree.newFile(0o777, contents.slice()), O_RDWR, regularFiles(k.journal)));
    },
  };
};
