import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Routine } from "../routine.ts";
import type { TimelineEntry } from "../timeline.ts";

/** include/linux/hrtimer.h */
export const HRTIMER_MODE = { REL: 1, PINNED: 2, SOFT: 4 } as const;
const HRTIMER_STATE_ENQUEUED = 1;
const HRTIMER_RESTART = 1n;

/** High-resolution timers (kernel/time/hrtimer.c). */
export interface Hrtimers {
  init(timer: Address, clock: number, mode: number): void;
  /** `time`: nanoseconds, relative to now when the mode says so. */
  start(timer: Address, time: bigint, slack: bigint, mode: number): void;
  /** True when it was queued. */
  cancel(timer: Address): boolean;
  /** Queued, or its function running. */
  active(timer: Address): boolean;
  running(timer: Address): boolean;
  /** Moves the expiry forward past `now` by whole intervals; how many. */
  forward(timer: Address, now: bigint, interval: bigint): bigint;
  remaining(timer: Address): bigint;
  /** The clock's struct hrtimer_clock_base. */
  base(clock: number): Address;
  /** Those queued, the next to expire first. */
  list(): readonly Address[];
}

/** CLOCK_REALTIME..CLOCK_TAI and the function that reads each. */
const CLOCKS: Readonly<Record<number, string>> = {
  0: "ktime_get_real",
  1: "ktime_get",
  7: "ktime_get_boottime",
  11: "ktime_get_clocktai",
};

export const createHrtimers = (k: Kernel): Hrtimers => {
  const queued: JournalMap<Address, TimelineEntry> = k.journal.map();
  const bases: JournalMap<number, Address> = k.journal.map();
  const state = { running: 0 };

  /** The guest reads the time through its timer's base: one clock base per clock. */
  const base = (clock: number): Address => {
    let address = bases.get(clock);
    if (address === undefined) {
      address = k.statics.allocate(k.sizeOf("hrtimer_clock_base"));
      const view = k.struct("hrtimer_clock_base", address);
      view.clockid = clock;
      view.get_time = k.symbols.address(CLOCKS[clock] ?? "ktime_get") ?? 0;
      bases.set(clock, address);
    }
    return address;
  };
  const isReal = (timer: Address): boolean => {
    const clock = k.struct("hrtimer_clock_base", k.struct("hrtimer", timer).base).clockid;
    return clock === 0 || clock === 11;
  };
  /** Moment since boot at which a timer with that expiry is due. */
  const moment = (timer: Address, expires: bigint): number =>
    Number(isReal(timer) ? expires - (k.clock.realtime() - BigInt(Math.floor(k.clock.now()))) : expires);
  const now = (timer: Address): bigint =>
    isReal(timer) ? k.clock.realtime() : BigInt(Math.floor(k.clock.now()));

  const enqueue = (timer: Address): void => {
    const view = k.struct("hrtimer", timer);
    view.state = HRTIMER_STATE_ENQUEUED;
    const kind = view.is_soft === 0 ? "hrtimer" : "hrtimer-soft";
    queued.set(timer, k.timeline.schedule(moment(timer, view.node.expires), kind, timer));
  };
  const dequeue = (timer: Address): boolean => {
    const entry = queued.get(timer);
    if (entry === undefined) return false;
    k.timeline.cancel(entry);
    queued.delete(timer);
    k.struct("hrtimer", timer).state = 0;
    return true;
  };
  const run = function* (timer: Address): Routine<void> {
    if (!dequeue(timer)) return;
    const view = k.struct("hrtimer", timer);
    k.journal.touch(state).running = timer;
    const clock = k.struct("hrtimer_clock_base", view.base);
    clock.running = timer as typeof clock.running;
    const answer = yield* k.call(view.function, timer);
    k.journal.touch(state).running = 0;
    clock.running = 0 as typeof clock.running;
    if (BigInt.asUintN(32, answer) === HRTIMER_RESTART && !queued.has(timer)) enqueue(timer);
  };
  k.interrupts.handle("hrtimer", {
    context: "hardirq",
    name: "__hrtimer_run_queues+0x10d/0x250",
    callers: DEFERRED_CALLERS.hrtimer,
    act: run,
  });
  k.interrupts.handle("hrtimer-soft", {
    context: "softirq",
    softirq: ["8 HRTIMER", "hrtimer_run_softirq"],
    name: "__hrtimer_run_queues+0x10d/0x250",
    callers: DEFERRED_CALLERS.hrtimerSoft,
    act: run,
  });

  return {
    init(timer, clock, mode) {
      k.memory.fill(timer, 0, k.sizeOf("hrtimer"));
      const view = k.struct("hrtimer", timer);
      view.base = base(clock);
      view.is_soft = (mode & HRTIMER_MODE.SOFT) === 0 ? 0 : 1;
      // An rb_node that is in no tree points at itself.
      view.node.node.__rb_parent_color = BigInt.asUintN(64, BigInt(timer));
    },
    start(timer, time, slack, mode) {
      dequeue(timer);
      const view = k.struct("hrtimer", timer);
      const expires = (mode & HRTIMER_MODE.REL) === 0 ? time : now(timer) + time;
      view._softexpires = expires;
      view.node.expires = expires + slack;
      enqueue(timer);
    },
    cancel: dequeue,
    active: (timer) => queued.has(timer) || state.running === timer,
    running: (timer) => state.running === timer,
    forward(timer, at, interval) {
      const view = k.struct("hrtimer", timer);
      const behind = at - view.node.expires;
      if (behind < 0n || interval <= 0n || queued.has(timer)) return 0n;
      const periods = behind / interval + 1n;
      view.node.expires += periods * interval;
      view._softexpires += periods * interval;
      return periods;
    },
    remaining: (timer) => k.struct("hrtimer", timer).node.expires - now(timer),
    base,
    list: () => {
      const expiry = (timer: Address): bigint => k.struct("hrtimer", timer).node.expires;
      return [...queued.entries()].map(([timer]) => timer).sort((a, b) => Number(expiry(a) - expiry(b)));
    },
  };
};
