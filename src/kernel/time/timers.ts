import type { Address } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { JournalMap } from "../journal.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Site } from "../oops/incident.ts";
import type { Routine } from "../routine.ts";
import type { TimelineEntry } from "../timeline.ts";

/** The low-resolution timers of kernel/time/timer.c. A pending one has a nonzero `entry.pprev`. */
export interface Timers {
  /** Arms or moves a timer to `expires` (jiffies); true when it was pending. */
  modify(timer: Address, expires: number): boolean;
  /** True when it was pending. */
  remove(timer: Address): boolean;
  pending(timer: Address): boolean;
}

/** LIST_POISON2, what detach_timer leaves in `entry.next`. */
const LIST_POISON2 = 0xdead_0000_0000_0122n;

const PREEMPT_LEAK: Site = {
  source: "kernel/time/timer.c:1707",
  at: "call_timer_fn+0x120/0x130",
  code: "ec 7e 0f 85 2e ff ff ff 0f 1f 44 00 00 e9 24 ff ff ff 89 da 4c 89 e6 48 c7 c7 48 a2 35 82 c6 05 fd 30 ab 01 01 e8 80 dc f4 ff <0f> 0b e9 23 ff ff ff 66 0f 1f 84 00 00 00 00 00 41 57 b9 09 00 00",
};

/** The timer wheel: 9 levels of 64 buckets, each 8 times coarser (kernel/time/timer.c). */
const LEVELS = 9;
const LEVEL_SHIFT = 3;
const LEVEL_SIZE = 64;

/** The jiffy in which a timer for `expires` really fires: never early, coarser the farther off. */
const wheelExpiry = (expires: number, now: number): number => {
  const delta = expires - now;
  if (delta < 0) return now + 1;
  let level = 0;
  while (level < LEVELS - 1 && delta >= (LEVEL_SIZE - 1) * 2 ** (level * LEVEL_SHIFT)) level += 1;
  const granularity = 2 ** (level * LEVEL_SHIFT);
  return (Math.floor(expires / granularity) + 1) * granularity;
};

export const createTimers = (k: Kernel): Timers => {
  const pending: JournalMap<Address, TimelineEntry> = k.journal.map();

  const detach = (timer: Address): boolean => {
    const entry = pending.get(timer);
    if (entry === undefined) return false;
    k.timeline.cancel(entry);
    pending.delete(timer);
    return true;
  };
  const unlink = (timer: Address): void => {
    const { entry } = k.struct("timer_list", timer);
    entry.pprev = 0;
    k.memory.setU64(entry.$address, LIST_POISON2);
  };
  /** call_timer_fn() says it once a boot. */
  const putBack = (fn: Address, before: number): void => {
    const counts = [before, k.cpu.preemptCount()].map((count) => count.toString(16).padStart(8, "0"));
    const message = `timer: ${k.symbols.format(fn)} preempt leak: ${counts.join(" -> ")}`;
    k.traces.warn(PREEMPT_LEAK, { message, once: true });
    k.cpu.setPreemptCount(before);
  };
  const run = function* (timer: Address): Routine<void> {
    if (!pending.has(timer)) return;
    detach(timer);
    unlink(timer);
    const before = k.cpu.preemptCount();
    const fn = k.struct("timer_list", timer).function;
    yield* k.call(fn, timer);
    if (k.cpu.preemptCount() !== before) putBack(fn, before);
  };
  k.interrupts.handle("timer", {
    context: "softirq",
    name: "__run_timers+0xd3/0x2c0",
    softirq: ["1 TIMER", "run_timer_softirq"],
    callers: DEFERRED_CALLERS.timer,
    act: run,
  });

  return {
    modify(timer, expires) {
      const view = k.struct("timer_list", timer);
      const was = detach(timer);
      view.expires = BigInt(expires);
      view.entry.pprev = timer;
      const moment = k.clock.jiffiesToTime(wheelExpiry(expires, k.clock.jiffies()));
      pending.set(timer, k.timeline.schedule(moment, "timer", timer));
      return was;
    },
    remove(timer) {
      const was = detach(timer);
      if (was) unlink(timer);
      return was;
    },
    pending: (timer) => pending.has(timer),
  };
};
