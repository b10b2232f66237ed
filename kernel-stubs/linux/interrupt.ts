/** include/linux/interrupt.h: tasklets, as kernel/softirq.c does them. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const TASKLET_STATE_SCHED = 1n;

const initialise = (k: Kernel, t: Address): void => k.memory.fill(t, 0, k.sizeOf("tasklet_struct"));

export const taskletSetup = stub(
  "void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))",
  (k, { t, callback }) => {
    initialise(k, t);
    const view = k.struct("tasklet_struct", t);
    view.callback = callback;
    view.use_callback = true;
  },
);
export const taskletInit = stub(
  "void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)",
  (k, { t, func, data }) => {
    initialise(k, t);
    const view = k.struct("tasklet_struct", t);
    view.func = func;
    view.data = data;
  },
);
/** tasklet_schedule() has set the state bit inline before it calls these. */
export const taskletSchedule = stub(
  "void __tasklet_schedule(struct tasklet_struct *t)",
  { acquires: { tasklet: "t" } },
  (k, { t }) => k.interrupts.raise("tasklet", t),
);
export const taskletHiSchedule = stub(
  "void __tasklet_hi_schedule(struct tasklet_struct *t)",
  { acquires: { tasklet: "t" } },
  (k, { t }) => k.interrupts.raise("tasklet", t),
);
export const taskletKill = stub(
  "void tasklet_kill(struct tasklet_struct *t)",
  { releases: { tasklet: "t" }, sleeps: true },
  (k, { t }) => {
    const { state } = k.struct("tasklet_struct", t);
    if ((state & TASKLET_STATE_SCHED) === 0n) return undefined;
    return block("tasklet to run", { deadline: k.clock.now() + 1_000_000 });
  },
);
