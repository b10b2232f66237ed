/** include/linux/delay.h, as kernel/time/timer.c does it. */
import { HZ } from "../../src/kernel/clock.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import { TASK_INTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { signalPending } from "./sched.ts";

/** include/linux/jiffies.h, rounded: only its size matters. */
const MAX_JIFFY_OFFSET = 2 ** 62;

export const msecsToJiffies = (msecs: number): number =>
  (msecs | 0) < 0 ? MAX_JIFFY_OFFSET : Math.ceil((msecs * HZ) / 1000);

/** Sleeps to a moment kept in `task.restart`; undefined once it is over. */
const sleepUntil = (
  k: Kernel,
  begin: () => number,
  reason: string,
  interruptible: boolean,
): Block | undefined => {
  const task = k.current;
  const deadline = (task.restart as number | undefined) ?? begin();
  if (k.clock.now() >= deadline) return undefined;
  k.journal.touch(task).restart = deadline;
  return block(reason, { deadline, interruptible });
};

/** msleep() sleeps one jiffy more than asked, so as never to be short. */
const wakeTime = (k: Kernel, msecs: number): number =>
  k.clock.jiffiesToTime(k.clock.jiffies() + msecsToJiffies(msecs) + 2);

export const msleep = stub("void msleep(unsigned int msecs)", { sleeps: true }, (k, { msecs }) =>
  sleepUntil(k, () => wakeTime(k, msecs), `msleep(${msecs})`, false),
);

export const msleepInterruptible = stub(
  "unsigned long msleep_interruptible(unsigned int msecs)",
  { sleeps: true },
  (k, { msecs }) => {
    const end = (k.current.restart as number | undefined) ?? wakeTime(k, msecs);
    const left = (): bigint => BigInt(Math.max(0, Math.round((end - k.clock.now()) / 1_000_000)));
    if (signalPending(k, TASK_INTERRUPTIBLE)) return left();
    return sleepUntil(k, () => end, `msleep_interruptible(${msecs})`, true) ?? 0n;
  },
);

export const usleepRange = stub(
  "void usleep_range_state(unsigned long min, unsigned long max, unsigned int state)",
  { sleeps: true },
  (k, { min, max }) =>
    sleepUntil(k, () => k.clock.now() + Number(max > min ? max : min) * 1000, `usleep_range(${min})`, false),
);
