import { EINTR, ERESTARTSYS, ERESTART_RESTARTBLOCK } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { systemCallCallers } from "../oops/callers.ts";
import type { Routine } from "../routine.ts";
import type { Process } from "./process.ts";

/** A signal whose default action ends the process was delivered. */
export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
  readonly signal: number;

  constructor(signal: number) {
    super(`killed by signal ${signal}`);
    this.signal = signal;
  }
}

/** SIGCHLD, SIGCONT, the stop signals, SIGURG, SIGWINCH: nothing happens to a process that does not handle them. */
export const HARMLESS = [17, 18, 19, 20, 21, 22, 23, 28].reduce(
  (mask, signal) => mask | (1 << (signal - 1)),
  0,
);

/** On the way back to user space: deadly signals end the process (ProcessKilled), others are forgotten. */
export const deliverSignals = (k: Kernel, { task, handled }: Process): void => {
  const { pending } = task;
  if (pending === 0) return;
  k.journal.touch(task).pending = 0;
  const deadly = pending & ~handled & ~HARMLESS;
  if (deadly !== 0) throw new ProcessKilled(32 - Math.clz32(deadly & -deadly));
};

/** Runs `body` as the system call `number` of the process whose program this is part of; throws Errno. */
export function* systemCall<T>(k: Kernel, process: Process, number: number, body: Routine<T>): Routine<T> {
  const { task } = process;
  const before = task.syscall;
  task.syscall = number;
  task.callers = systemCallCallers(number);
  try {
    const result = yield* body;
    task.syscall = before;
    deliverSignals(k, process);
    return result;
  } catch (error) {
    task.syscall = before;
    deliverSignals(k, process);
    // A call that would be restarted after the handler: host programs have none.
    if (error instanceof Errno && error.errno >= ERESTARTSYS && error.errno <= ERESTART_RESTARTBLOCK)
      throw new Errno(EINTR);
    throw error;
  }
}
