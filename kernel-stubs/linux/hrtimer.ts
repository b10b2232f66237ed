/** include/linux/hrtimer.h, as kernel/time/hrtimer.c does it. */
import { stub } from "../../src/stub/declare.ts";

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
