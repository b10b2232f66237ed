/** include/linux/rcuwait.h, as kernel/rcu/update.c and kernel/exit.c do it. */
import { stub } from "../../src/stub/declare.ts";

export const rcuwaitWakeUp = stub("int rcuwait_wake_up(struct rcuwait *w)", (k, { w }) => {
  const task = k.tasks.byStruct(k.struct("rcuwait", w).task);
  return task !== undefined && k.tasks.wake(task) ? 1 : 0;
});
export const finishRcuwait = stub("void finish_rcuwait(struct rcuwait *w)", (k, { w }) => {
  k.struct("rcuwait", w).task = 0 as never;
});
