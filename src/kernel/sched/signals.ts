import type { Task } from "../task.ts";

/** include/linux/sched.h */
export const TASK_RUNNING = 0;
export const TASK_INTERRUPTIBLE = 1;
export const TASK_UNINTERRUPTIBLE = 2;
/** Fatal signals end the wait. */
const TASK_WAKEKILL = 0x100;
/** Does not count as load. */
export const TASK_IDLE = 0x402;
export const TASK_KILLABLE = TASK_WAKEKILL | TASK_UNINTERRUPTIBLE;
const SIGKILL_BIT = 1 << 8;

/** signal_pending_state(): a signal is pending that ends a wait in that state. */
export const signalInState = ({ pending }: Task, state: number): boolean =>
  pending !== 0 &&
  ((state & TASK_INTERRUPTIBLE) !== 0 || ((state & TASK_WAKEKILL) !== 0 && (pending & SIGKILL_BIT) !== 0));

/** Some signal could end it: the waiting stub is to be entered again to look. */
export const endsWait = (state: number): boolean => (state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) !== 0;
