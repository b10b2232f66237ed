import { RIP } from "../abi/calls.ts";
import { toAddress } from "../base/address.ts";
import { GuestFault } from "../base/errors.ts";
import type { Kernel } from "./kernel.ts";
import type { Task } from "./task.ts";

/** Where a task stood when the run ended. */
export interface TaskReport {
  readonly pid: number;
  readonly comm: string;
  /** "running", "runnable", or what it waits for: "mutex big_lock [m]". */
  readonly state: string;
  /** Functions it is in, innermost first: "work+0x1c/0x40 [m]". */
  readonly stack: readonly string[];
}

/** A report is for reading: of a thousand threads that wait alike, the first will do. */
const MOST_TASKS = 64;

const inModule = (stack: readonly string[]): boolean => stack.some((entry) => entry.endsWith("]"));

const stateOf = (k: Kernel, task: Task): string => {
  if (task === k.executor.current()) return "running";
  return task.state === "blocked" ? (task.waiting?.reason ?? "waiting") : "runnable";
};

/** The kernel function that the task called last and is still in. */
const stubOf = (k: Kernel, task: Task): readonly string[] => {
  const registers = task === k.executor.current() ? k.executor.registers : task.registers;
  const place = toAddress(registers[RIP] ?? 0n) - 1;
  return k.executor.traps.has(place) ? [k.symbols.format(place)] : [];
};

/** The guest may have spoilt what a stack is read from. */
const stackOf = (k: Kernel, task: Task): readonly string[] => {
  try {
    return [...stubOf(k, task), ...k.traces.standing(task)];
  } catch (error) {
    if (error instanceof GuestFault) return [];
    throw error;
  }
};

/** The running task, then all others that are inside a module. */
export const reportTasks = (k: Kernel): readonly TaskReport[] => {
  const running = k.executor.current();
  const found: TaskReport[] = [];
  for (const task of new Set([...(running === undefined ? [] : [running]), ...k.tasks.all()])) {
    if (found.length >= MOST_TASKS) break;
    if (task.state === "dead" || task.frames.length === 0) continue;
    const stack = stackOf(k, task);
    if (task !== running && !inModule(stack)) continue;
    found.push({ pid: task.pid, comm: task.comm, state: stateOf(k, task), stack });
  }
  return found;
};
