import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";

const TASKLET_STATE_SCHED = 1n;

/** Runs scheduled tasklets in softirq context (tasklet_action_common of kernel/softirq.c). */
export const handleTasklets = (k: Kernel): void => {
  const handle = (kind: string, first: boolean): void =>
    k.interrupts.handle(kind, {
      context: "softirq",
      first,
      softirq: first ? ["0 HI", "tasklet_hi_action"] : ["6 TASKLET", "tasklet_action"],
      name: "tasklet_action_common.constprop.0+0xc7/0x240",
      callers: DEFERRED_CALLERS.tasklet,
      *act(tasklet) {
        const view = k.struct("tasklet_struct", tasklet);
        // Disabled: it stays scheduled, and is looked at again after it is enabled.
        if (view.count.counter !== 0) {
          k.timeline.schedule(k.clock.now() + 1_000_000, "tasklet", tasklet);
          return;
        }
        view.state &= ~TASKLET_STATE_SCHED;
        if (view.use_callback) yield* k.call(view.callback, tasklet);
        else yield* k.call(view.func, view.data);
      },
    });
  handle("tasklet", false);
  handle("tasklet-hi", true);
};
