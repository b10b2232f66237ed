/** Processes without a program: whoever made one has it make system calls, one at a time. */
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";
import type { UserSystem } from "../user.ts";
import { ProcessKilled } from "./calls/signals.ts";
import type { Process } from "./process.ts";

export type CallEnd<T> = { readonly value: T } | { readonly error: Errno };

/** Between two calls it is only data, so that snapshots can be taken. */
export interface AttachedProcess {
  readonly process: Process;
  /** Starts something while nothing else runs there; `done` hears its end, unless the process dies. */
  perform<T>(act: (sys: UserSystem) => Routine<T>, done: (end: CallEnd<T>) => void): void;
  /** Starts its exit: files closed, task gone. */
  exit(code: number): void;
}

/** Key of `Kernel.bottoms`. */
const KIND = "attached-process";

const rest = (task: Task): void => {
  task.state = "blocked";
  task.waiting = { reason: "its next system call", interruptible: false };
};

export const handleAttached = (k: Kernel): void => {
  k.bottoms.set(KIND, (task) => {
    if (k.processes.find(task.pid)?.exiting === false) rest(task);
    else task.state = "dead";
  });
};

/** The task of such a process, which waits for its first call. */
export const createAttachedTask = (k: Kernel, comm: string): Task => {
  const task = k.tasks.create({ comm, kind: "user", bottom: { kind: KIND, data: 0 } });
  rest(task);
  return task;
};

/** `life` runs a program to its end: files closed, deadly signals taken. */
export const attach = (
  k: Kernel,
  process: Process,
  system: UserSystem,
  life: (program: () => Routine<number>) => Routine<number>,
): AttachedProcess => {
  const { task } = process;
  const push = (routine: Routine<number>): void => {
    k.journal.touch(task.frames);
    k.executor.pushRoutine(task, routine, (code) => {
      if (process.exiting) task.exitCode = code as number;
    });
    k.tasks.wake(task);
  };
  function* one<T>(act: (sys: UserSystem) => Routine<T>, done: (end: CallEnd<T>) => void): Routine<number> {
    try {
      done({ value: yield* act(system) });
    } catch (error) {
      if (error instanceof ProcessKilled) {
        return yield* life(() => {
          throw error;
        });
      }
      if (!(error instanceof Errno)) throw error;
      done({ error });
    }
    return 0;
  }
  function* exitWith(code: number): Routine<number> {
    return code;
  }
  return {
    process,
    perform: (act, done) => push(one(act, done)),
    exit: (code) => push(life(() => exitWith(code))),
  };
};
