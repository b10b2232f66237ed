/** Who is current while no task runs: interrupts come all the same. */
import type { Journal } from "../journal.ts";
import type { Task, TaskOptions } from "../task.ts";

export const KSOFTIRQD_PID = 14;
/** Bottom of a task that has nothing to do of its own, and is not over when its last frame returns. */
export const AT_REST = { kind: "at-rest", data: 0 };

/** It has nothing to do. */
export const rest = (task: Task): Task => {
  task.state = "blocked";
  task.waiting = { reason: "something to do", interruptible: false };
  return task;
};

export interface StandIns {
  idle(): Task;
  isIdle(task: Task): boolean;
  /** ksoftirqd where it can be: while one of its handlers sleeps, softirqs wait for an interrupt. */
  standIn(who: "ksoftirqd" | "idle"): void;
}

export const createStandIns = (
  journal: Journal,
  create: (options: TaskOptions, pid?: number) => Task,
  makeCurrent: (task: Task) => void,
): StandIns => {
  const made: { idle: Task | undefined; ksoftirqd: Task | undefined } = {
    idle: undefined,
    ksoftirqd: undefined,
  };
  const idle = (): Task =>
    (journal.touch(made).idle ??= rest(create({ comm: "swapper/0", kind: "idle", bottom: AT_REST })));
  const ksoftirqd = (): Task =>
    (journal.touch(made).ksoftirqd ??= rest(
      create({ comm: "ksoftirqd/0", kind: "kthread", bottom: AT_REST }, KSOFTIRQD_PID),
    ));
  return {
    idle,
    isIdle: (task) => task === made.idle,
    standIn: (who) =>
      makeCurrent(who === "ksoftirqd" && ksoftirqd().frames.length === 0 ? ksoftirqd() : idle()),
  };
};
