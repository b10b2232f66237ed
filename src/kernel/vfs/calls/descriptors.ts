/** System calls on descriptors: fs/open.c, fs/read_write.c, fs/ioctl.c, fs/select.c, fs/file.c, fs/pipe.c. */
import type { Address } from "../../../base/address.ts";
import { CALL } from "../../oops/file-callers.ts";
import { SYSCALL } from "../../oops/user-registers.ts";
import type { Routine } from "../../routine.ts";
import { O_RDONLY, O_RDWR, O_WRONLY, POLLNVAL, type PollEntry, type UserSystem } from "../../user.ts";
import { regularFiles } from "../kept-files.ts";
import { pipeOperations } from "../pipe.ts";
import { pollFiles } from "../polling.ts";
import type { CallContext } from "./context.ts";

/** Keys in `userWaits` below which those of pipes lie. */
const PIPE_KEYS = -0x1000_0000;

/** Looks at descriptors; those that are not open tell so at once. */
function* pollDescriptors(
  { k, process, interrupted }: CallContext,
  entries: readonly PollEntry[],
  timeout: number | undefined,
): Routine<number[]> {
  const until = timeout === undefined ? undefined : k.clock.now() + timeout;
  const bad = entries.some(({ fd }) => fd >= 0 && !process.files.has(fd));
  const open = entries.flatMap(({ fd, events }) => {
    const file = process.files.get(fd);
    return file === undefined ? [] : [{ file, events }];
  });
  const ready = yield* pollFiles(k, open, bad ? 0 : until, interrupted);
  return entries.map(({ fd }) => {
    if (process.files.has(fd)) return ready.shift() ?? 0;
    return fd < 0 ? 0 : POLLNVAL;
  });
}

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
    poll: (entries, timeout) => call(SYSCALL.POLL, () => pollDescriptors(context, entries, timeout)),
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
      if (old !== undefined) yield* call(CALL.DUP2, () => vfs.close(old, owner()));
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
