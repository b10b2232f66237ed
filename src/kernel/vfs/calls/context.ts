/** What the families of system calls share: the process they act for, its descriptors, its signals. */
import type { ByteString } from "../../../base/bytes.ts";
import { EBADF, EINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK } from "../../../base/errno.ts";
import { Errno } from "../../../base/errors.ts";
import type { Kernel } from "../../kernel.ts";
import { checkLeft } from "../../locks/leaving.ts";
import { SYSCALL } from "../../oops/callers.ts";
import type { Routine } from "../../routine.ts";
import type { Node } from "../node.ts";
import type { OpenFile } from "../operations.ts";
import type { Process } from "../process.ts";
import { runTaskWork } from "./task-work.ts";
import { ProcessKilled, disposition } from "./signals.ts";

export interface CallContext {
  readonly k: Kernel;
  readonly process: Process;
  /** EBADF. */
  fileOf(fd: number): OpenFile;
  /** Gives a description the lowest free descriptor. */
  install(file: OpenFile): number;
  resolve(path: ByteString, follow?: "all" | "not-last"): Node;
  /**
   * Runs a system call: notes which one the process is in, takes its signals on the way back to user
   * space, and makes the call again where a signal that nobody handles broke it off.
   */
  call<T>(number: number, body: () => Routine<T>): Routine<T>;
  /** Takes pending signals: a deadly one ends the process. Answers whether one was handled. */
  deliver(): "nothing" | "handled" | "handled-restart";
  /** For waits: EINTR where a signal came that the process does not ignore. */
  interrupted(): void;
}

const isRestart = (errno: number): boolean => errno >= ERESTARTSYS && errno <= ERESTART_RESTARTBLOCK;

/** On the way back to user space: takes pending signals; a deadly one ends the process (ProcessKilled). */
const deliverSignals = (k: Kernel, process: Process): ReturnType<CallContext["deliver"]> => {
  const { task } = process;
  const { pending } = task;
  if (pending === 0) return "nothing";
  k.tasks.setPending(task, 0);
  const { deadly, handled } = disposition(process, pending);
  if (deadly !== 0) throw new ProcessKilled(deadly);
  if (handled === 0) return "nothing";
  k.journal.touch(process.signals).caught |= handled;
  return (handled & ~process.signals.restart) === 0 ? "handled-restart" : "handled";
};

/** Runs `body` as the system call `number` of the process whose program this is part of; throws Errno. */
export function* systemCall<T>(
  k: Kernel,
  process: Process,
  number: number,
  body: () => Routine<T>,
): Routine<T> {
  const { task } = process;
  for (;;) {
    const before = task.syscall;
    task.syscall = number;
    task.callers = SYSCALL;
    try {
      const result = yield* body();
      yield* runTaskWork(k, process);
      task.syscall = before;
      checkLeft(k, task, "a system call");
      deliverSignals(k, process);
      return result;
    } catch (error) {
      task.syscall = before;
      checkLeft(k, task, "a system call");
      yield* runTaskWork(k, process);
      const taken = deliverSignals(k, process);
      if (!(error instanceof Errno) || !isRestart(error.errno)) throw error;
      // ERESTARTSYS with SA_RESTART, and whatever no handler saw, starts anew.
      if (taken === "nothing" || (taken === "handled-restart" && error.errno === ERESTARTSYS)) continue;
      throw new Errno(EINTR);
    }
  }
}

export const createContext = (k: Kernel, process: Process): CallContext => {
  const { files } = process;
  const deliver: CallContext["deliver"] = () => deliverSignals(k, process);
  return {
    k,
    process,
    fileOf(fd) {
      const file = files.get(fd);
      if (file === undefined) throw new Errno(EBADF);
      // Whatever is done with it may move its position or change its state.
      return k.journal.touch(file);
    },
    install(file) {
      let fd = 0;
      while (files.has(fd) || process.reserved.has(fd)) fd += 1;
      files.set(fd, file);
      return fd;
    },
    resolve: (path, follow = "all") => k.vfs.tree.resolve(path, { from: process.directory, follow }),
    call: (number, body) => systemCall(k, process, number, body),
    deliver,
    interrupted() {
      if (deliver() !== "nothing") throw new Errno(EINTR);
    },
  };
};
