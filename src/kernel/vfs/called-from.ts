/** Names the kernel's functions that stand below guest code in call traces, while a file's operation runs. */
import type { Kernel } from "../kernel.ts";
import type { CallerChain } from "../oops/callers.ts";
import { type CalledKind, type FileOperation, fileCallers } from "../oops/file-callers.ts";
import type { Routine } from "../routine.ts";
import type { Task } from "../task.ts";

/** Where guest code runs already, the task's callers are those of that code. */
function* below<T>(task: Task, chain: CallerChain, body: Routine<T>): Routine<T> {
  if (task.frames.some(({ kind }) => kind === "guest")) return yield* body;
  const before = task.callers;
  task.callers = chain;
  try {
    return yield* body;
  } finally {
    task.callers = before;
  }
}

/** Runs what calls an operation of a file. */
export const calledFrom = <T>(
  k: Kernel,
  kind: CalledKind,
  operation: FileOperation,
  body: Routine<T>,
): Routine<T> => below(k.current, fileCallers(kind, operation, k.current.syscall), body);

/** Runs what calls a function farther in. */
export const calledThrough = <T>(k: Kernel, inner: CallerChain, body: Routine<T>): Routine<T> =>
  below(k.current, [...inner, ...k.current.callers], body);
