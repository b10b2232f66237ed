/** include/linux/delay.h and asm/delay.h, as kernel/time/timer.c and arch/x86/lib/delay.c do it. */
import { HZ } from "../../src/kernel/clock.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { TASK_INTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
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

/** Busy waiting: time passes and interrupts come, but nobody else runs. */
const spin = (k: Kernel, nanoseconds: number): void => {
  k.clock.advanceTo(k.clock.now() + nanoseconds);
};

export const udelay = stub("void __udelay(unsigned long usecs)", (k, { usecs }) =>
  spin(k, Number(usecs) * 1000),
);
export const ndelay = stub("void __ndelay(unsigned long nsecs)", (k, { nsecs }) => spin(k, Number(nsecs)));
/** `xloops` is 2^32 / 10^6 a microsecond. */
export const constUdelay = stub("void __const_udelay(unsigned long xloops)", (k, { xloops }) =>
  spin(k, (Number(xloops) * 1e9) / 2 ** 32),
);
/** Loops of the TSC: the recorded machine's ran at 2.3 GHz. */
export const delayLoops = stub("void __delay(unsigned long loops)", (k, { loops }) =>
  spin(k, Number(loops) / 2.3),
);
