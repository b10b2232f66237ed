/** include/linux/hrtimer.h, as kernel/time/hrtimer.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINTR } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, type Yield, block } from "../../src/kernel/routine.ts";
import { TASK_RUNNING, endsWait, signalInState } from "../../src/kernel/sched/signals.ts";
import { HRTIMER_MODE } from "../../src/kernel/time/hrtimers.ts";
import { stub, variable } from "../../src/stub/declare.ts";

export const hrtimerInit = stub(
  "void hrtimer_init(struct hrtimer *timer, clockid_t clock_id, enum hrtimer_mode mode)",
  (k, { timer, clock_id, mode }) => k.hrtimers.init(timer, clock_id, mode),
);
export const hrtimerStartRangeNs = stub(
  `void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 delta_ns,
      const enum hrtimer_mode mode)`,
  { acquires: { hrtimer: "timer" } },
  (k, { timer, tim, delta_ns, mode }) => k.hrtimers.start(timer, tim, delta_ns, mode),
);
export const hrtimerCancel = stub(
  "int hrtimer_cancel(struct hrtimer *timer)",
  { releases: { hrtimer: "timer" } },
  (k, { timer }) => (k.hrtimers.cancel(timer) ? 1 : 0),
);
export const hrtimerTryToCancel = stub(
  "int hrtimer_try_to_cancel(struct hrtimer *timer)",
  { releases: { hrtimer: "timer" } },
  (k, { timer }) => {
    if (k.hrtimers.running(timer)) return -1;
    return k.hrtimers.cancel(timer) ? 1 : 0;
  },
);
export const hrtimerForward = stub(
  "u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)",
  (k, { timer, now, interval }) => k.hrtimers.forward(timer, now, interval),
);
export const hrtimerActive = stub("bool hrtimer_active(const struct hrtimer *timer)", (k, { timer }) =>
  k.hrtimers.active(timer),
);
export const hrtimerGetRemaining = stub(
  "ktime_t __hrtimer_get_remaining(const struct hrtimer *timer, bool adjust)",
  (k, { timer }) => k.hrtimers.remaining(timer),
);

const schedule = (
  k: Kernel,
  expires: Address,
  mode: number,
  clock: "monotonic" | "real",
): number | Block | Yield => {
  const task = k.current;
  const view = k.struct("task_struct", task.taskStruct);
  const now = clock === "real" ? k.clock.realtime() : BigInt(Math.floor(k.clock.now()));
  const begun = task.restart as { readonly until: number } | undefined;
  if (expires === 0 && begun !== undefined) return -EINTR;
  const end = (answer: number): number => {
    view.__state = TASK_RUNNING;
    return answer;
  };
  if (begun !== undefined) return end(k.clock.now() >= begun.until ? 0 : -EINTR);
  if (expires !== 0 && k.memory.i64(expires) === 0n) return end(0);
  if (view.__state === TASK_RUNNING) return { kind: "yield" };
  if (signalInState(task, view.__state)) return end(-EINTR);
  const time = expires === 0 ? 0n : k.memory.i64(expires);
  const left = (mode & HRTIMER_MODE.REL) === 0 ? time - now : time;
  const until = expires === 0 ? Infinity : k.clock.now() + Math.max(0, Number(left));
  k.journal.touch(task).restart = { until };
  return block("an hrtimer", {
    deadline: until === Infinity ? undefined : until,
    interruptible: endsWait(view.__state),
  });
};
export const scheduleHrtimeout = stub(
  "int schedule_hrtimeout(ktime_t *expires, const enum hrtimer_mode mode)",
  { sleeps: true },
  (k, { expires, mode }) => schedule(k, expires, mode, "monotonic"),
);
export const scheduleHrtimeoutRange = stub(
  "int schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode)",
  { sleeps: true },
  (k, { expires, mode }) => schedule(k, expires, mode, "monotonic"),
);
const CLOCK_REALTIME = 0;
export const scheduleHrtimeoutRangeClock = stub(
  `int schedule_hrtimeout_range_clock(ktime_t *expires, u64 delta, const enum hrtimer_mode mode,
      clockid_t clock_id)`,
  { sleeps: true },
  (k, { expires, mode, clock_id }) =>
    schedule(k, expires, mode, clock_id === CLOCK_REALTIME ? "real" : "monotonic"),
);

/** hrtimer_sleeper: the timer, and behind it the task that it wakes. */
const sleeperTask = (k: Kernel, sleeper: Address): Address => sleeper + k.sizeOf("hrtimer");
export const hrtimerInitSleeper = stub(
  "void hrtimer_init_sleeper(struct hrtimer_sleeper *sl, clockid_t clock_id, enum hrtimer_mode mode)",
  (k, { sl, clock_id, mode }) => {
    k.hrtimers.init(sl, clock_id, mode);
    k.struct("hrtimer", sl).function = (k.symbols.address("hrtimer_wakeup") ?? 0) as never;
    k.memory.setPointer(sleeperTask(k, sl), k.current.taskStruct);
  },
);
export const hrtimerWakeup = stub(
  "enum hrtimer_restart hrtimer_wakeup(struct hrtimer *timer)",
  (k, { timer }) => {
    const task = k.tasks.byStruct(k.memory.pointer(sleeperTask(k, timer)));
    k.memory.setPointer(sleeperTask(k, timer), 0);
    if (task !== undefined) k.tasks.wake(task);
    return 0;
  },
);
export const hrtimerSleeperStartExpires = stub(
  "void hrtimer_sleeper_start_expires(struct hrtimer_sleeper *sl, enum hrtimer_mode mode)",
  (k, { sl, mode }) => {
    const { node, _softexpires } = k.struct("hrtimer", sl);
    k.hrtimers.start(sl, _softexpires, node.expires - _softexpires, mode);
  },
);
export const hrtimerResolution = variable("unsigned int hrtimer_resolution", (k, { address }) =>
  k.memory.setU32(address, 1),
);
