/** include/linux/timer.h, as kernel/time/timer.c does it. */
import type { Address } from "../../src/base/address.ts";
import { HZ } from "../../src/kernel/clock.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const expiry = (k: Kernel, expires: bigint): number => {
  // Moments long past wrap around; they are due now.
  const now = BigInt(k.clock.jiffies());
  const delta = BigInt.asIntN(64, expires - now);
  return Number(now + (delta < 0n ? 0n : delta));
};
const modify = (k: Kernel, timer: Address, expires: bigint): number => {
  const view = k.struct("timer_list", timer);
  // Shut down: it can never be armed again.
  if (view.function === 0) return 0;
  const same = k.timers.pending(timer) && view.expires === expires;
  if (same) return 1;
  const was = k.timers.modify(timer, expiry(k, expires));
  view.expires = expires;
  return was ? 1 : 0;
};
const remove = (k: Kernel, timer: Address): number => (k.timers.remove(timer) ? 1 : 0);

export const initTimerKey = stub(
  `void init_timer_key(struct timer_list *timer, void (*func)(struct timer_list *),
      unsigned int flags, const char *name, struct lock_class_key *key)`,
  (k, { timer, func, flags }) => {
    const view = k.struct("timer_list", timer);
    view.entry.pprev = 0;
    view.function = func;
    view.flags = flags;
  },
);
export const modTimer = stub(
  "int mod_timer(struct timer_list *timer, unsigned long expires)",
  { acquires: { timer: "timer" } },
  (k, { timer, expires }) => modify(k, timer, expires),
);
export const modTimerPending = stub(
  "int mod_timer_pending(struct timer_list *timer, unsigned long expires)",
  { acquires: { timer: "timer" } },
  (k, { timer, expires }) => (k.timers.pending(timer) ? modify(k, timer, expires) : 0),
);
export const timerReduce = stub(
  "int timer_reduce(struct timer_list *timer, unsigned long expires)",
  { acquires: { timer: "timer" } },
  (k, { timer, expires }) => {
    const earlier = BigInt.asIntN(64, expires - k.struct("timer_list", timer).expires) < 0n;
    return k.timers.pending(timer) && !earlier ? 1 : modify(k, timer, expires);
  },
);
export const addTimer = stub(
  "void add_timer(struct timer_list *timer)",
  { acquires: { timer: "timer" } },
  (k, { timer }) => {
    modify(k, timer, k.struct("timer_list", timer).expires);
  },
);
export const addTimerOn = stub(
  "void add_timer_on(struct timer_list *timer, int cpu)",
  { acquires: { timer: "timer" } },
  (k, { timer }) => {
    modify(k, timer, k.struct("timer_list", timer).expires);
  },
);
export const timerDelete = stub(
  "int timer_delete(struct timer_list *timer)",
  // Renamed from del_timer.
  { aliases: ["del_timer", "try_to_del_timer_sync"], releases: { timer: "timer" } },
  (k, { timer }) => remove(k, timer),
);
/** One CPU: a timer's function cannot be running while somebody else calls this. */
export const timerDeleteSync = stub(
  "int timer_delete_sync(struct timer_list *timer)",
  { releases: { timer: "timer" }, aliases: ["del_timer_sync"] },
  (k, { timer }) => remove(k, timer),
);
const shutdown = (k: Kernel, timer: Address): number => {
  const was = remove(k, timer);
  k.struct("timer_list", timer).function = 0;
  return was;
};
export const timerShutdown = stub(
  "int timer_shutdown(struct timer_list *timer)",
  { releases: { timer: "timer" } },
  (k, { timer }) => shutdown(k, timer),
);
export const timerShutdownSync = stub(
  "int timer_shutdown_sync(struct timer_list *timer)",
  { releases: { timer: "timer" } },
  (k, { timer }) => shutdown(k, timer),
);

/** Whole seconds, so that timers that need no precision go off together (kernel/time/timer.c). */
const round = (value: bigint, now: bigint, direction: "near" | "up"): bigint => {
  const remainder = value % BigInt(HZ);
  const down = direction === "near" && remainder < BigInt(HZ) / 4n;
  const rounded = down ? value - remainder : value - remainder + BigInt(HZ);
  return rounded <= now ? value : rounded;
};
export const roundJiffies = stub(
  "unsigned long round_jiffies(unsigned long j)",
  { aliases: ["__round_jiffies"] },
  (k, { j }) => round(j, BigInt(k.clock.jiffies()), "near"),
);
export const roundJiffiesUp = stub("unsigned long round_jiffies_up(unsigned long j)", (k, { j }) =>
  round(j, BigInt(k.clock.jiffies()), "up"),
);
export const roundJiffiesRelative = stub(
  "unsigned long round_jiffies_relative(unsigned long j)",
  { aliases: ["__round_jiffies_relative"] },
  (k, { j }) => {
    const now = BigInt(k.clock.jiffies());
    return round(j + now, now, "near") - now;
  },
);
