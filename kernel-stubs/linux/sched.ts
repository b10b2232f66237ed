/** include/linux/sched.h, as kernel/sched/core.c and kernel/time/timer.c do it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, type Yield, block } from "../../src/kernel/routine.ts";
import {
  TASK_IDLE,
  TASK_INTERRUPTIBLE,
  TASK_KILLABLE,
  TASK_RUNNING,
  TASK_UNINTERRUPTIBLE,
  endsWait,
  signalInState,
} from "../../src/kernel/sched/signals.ts";
import { guestCode, stub } from "../../src/stub/declare.ts";

export const MAX_SCHEDULE_TIMEOUT = 0x7fffffffffffffffn;

const YIELD: Yield = { kind: "yield" };

/** Whether a signal is pending that ends a wait in that state. */
export const signalPending = (k: Kernel, state: number): boolean => signalInState(k.current, state);

const stateOf = (k: Kernel): { __state: number } => k.struct("task_struct", k.current.taskStruct);

/**
 * schedule(): goes to sleep when the task's state says so. Restartable: `task.restart` tells that the
 * sleep has begun. `deadline`: nanoseconds since boot.
 */
const sleep = (k: Kernel, reason: string, deadline?: number): Block | Yield | undefined => {
  const task = k.current;
  const view = stateOf(k);
  if (task.restart === "slept") return undefined;
  if (view.__state === TASK_RUNNING) return YIELD;
  if (signalPending(k, view.__state)) {
    view.__state = TASK_RUNNING;
    return YIELD;
  }
  k.journal.touch(task).restart = "slept";
  return block(reason, { deadline, interruptible: endsWait(view.__state) });
};

export const schedule = stub("void schedule(void)", { sleeps: true }, (k) => sleep(k, "to be woken"));
export const ioSchedule = stub("void io_schedule(void)", { sleeps: true }, (k) => sleep(k, "I/O"));
export const yieldCpu = stub("void yield(void)", { sleeps: true }, (k) => {
  stateOf(k).__state = TASK_RUNNING;
  return YIELD;
});

interface TimedSleep {
  readonly until: number;
  begun: boolean;
}

/** schedule_timeout(): sleeps until woken or `timeout` jiffies have passed; how many are left. */
const sleepTimeout = (k: Kernel, timeout: bigint, enter: number | undefined): bigint | Block | Yield => {
  const task = k.current;
  const view = stateOf(k);
  const started = task.restart as TimedSleep | undefined;
  if (started === undefined && enter !== undefined) view.__state = enter;
  if (timeout === MAX_SCHEDULE_TIMEOUT) {
    const wait = started === undefined ? enterSleep(k, undefined) : undefined;
    return wait ?? timeout;
  }
  if (timeout < 0n) {
    k.printk(3, `schedule_timeout: wrong timeout value ${BigInt.asUintN(64, timeout).toString(16)}`);
    k.traces.dumpStack({ via: ["schedule_timeout+0x138/0x150"] });
    view.__state = TASK_RUNNING;
    return 0n;
  }
  const until = started?.until ?? k.clock.jiffies() + Number(timeout);
  if (started === undefined) {
    const wait = enterSleep(k, until);
    if (wait !== undefined) return wait;
  }
  view.__state = TASK_RUNNING;
  return BigInt(Math.max(0, until - k.clock.jiffies()));
};

/** Timers fire in the jiffy after the one they are set to. */
const enterSleep = (k: Kernel, until: number | undefined): Block | Yield | undefined => {
  const task = k.current;
  const { __state } = stateOf(k);
  k.journal.touch(task).restart = { until: until ?? Infinity, begun: true } satisfies TimedSleep;
  // It does not sleep, but the scheduler lets others go first.
  if (__state !== TASK_RUNNING && signalPending(k, __state)) return { kind: "yield", again: true };
  if (__state === TASK_RUNNING) return undefined;
  return block("a timeout", {
    deadline: until === undefined ? undefined : k.clock.jiffiesToTime(until + 1),
    interruptible: endsWait(__state),
  });
};

export const scheduleTimeout = stub(
  "long schedule_timeout(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, undefined),
);
export const scheduleTimeoutInterruptible = stub(
  "long schedule_timeout_interruptible(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, TASK_INTERRUPTIBLE),
);
export const scheduleTimeoutUninterruptible = stub(
  "long schedule_timeout_uninterruptible(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, TASK_UNINTERRUPTIBLE),
);
export const scheduleTimeoutKillable = stub(
  "long schedule_timeout_killable(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, TASK_KILLABLE),
);
export const scheduleTimeoutIdle = stub(
  "long schedule_timeout_idle(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, TASK_IDLE),
);
export const ioScheduleTimeout = stub(
  "long io_schedule_timeout(long timeout)",
  { sleeps: true },
  (k, { timeout }) => sleepTimeout(k, timeout, undefined),
);

/** TASK_NORMAL: both ways to sleep, but not parked or stopped. */
const TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE;

/** try_to_wake_up(): only a task that sleeps in one of the states of `mode`. */
export const wake = (k: Kernel, taskStruct: Address, mode = TASK_NORMAL): boolean => {
  const task = k.tasks.byStruct(taskStruct);
  if (task === undefined) return false;
  const { __state } = k.struct("task_struct", taskStruct);
  return (__state === TASK_RUNNING || (__state & mode) !== 0) && k.tasks.wake(task);
};

export const wakeUpState = stub(
  "int wake_up_state(struct task_struct *p, unsigned int state)",
  (k, { p, state }) => (wake(k, p, state) ? 1 : 0),
);
export const wakeUpProcess = stub("int wake_up_process(struct task_struct *p)", (k, { p }) =>
  wake(k, p) ? 1 : 0,
);

/** Others that are due have had their turn before: it may sleep. */
export const condResched = stub(
  "int __cond_resched(void)",
  { sleeps: true, aliases: ["__SCT__cond_resched"] },
  () => 0,
);

/** `xor %eax,%eax; ret`: nothing to reschedule for. */
export const mightResched = guestCode("__SCT__might_resched", [0x31, 0xc0, 0xc3]);

export const setUserNice = stub("void set_user_nice(struct task_struct *p, long nice)", (k, { p, nice }) => {
  const view = k.struct("task_struct", p);
  view.static_prio = 120 + Number(nice);
  view.prio = 120 + Number(nice);
});
/** A FIFO thread runs before others on a real kernel; here threads take turns. */
export const schedSetFifo = stub(
  "void sched_set_fifo(struct task_struct *p)",
  { level: { partial: "the priority is shown to the guest but not followed" } },
  (k, { p }) => {
    const view = k.struct("task_struct", p);
    view.policy = 1;
    view.prio = 49;
  },
);
export const schedSetNormal = stub(
  "void sched_set_normal(struct task_struct *p, int nice)",
  (k, { p, nice }) => {
    const view = k.struct("task_struct", p);
    view.policy = 0;
    view.static_prio = 120 + nice;
    view.prio = 120 + nice;
  },
);
