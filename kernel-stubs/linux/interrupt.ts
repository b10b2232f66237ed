/** include/linux/interrupt.h: tasklets, as kernel/softirq.c does them. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

const TASKLET_STATE_SCHED = 1n;
const TASKLET_STATE_RUN = 2n;

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
  (k, { t }) => k.interrupts.raise("tasklet-hi", t),
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
/** One CPU: no tasklet runs while somebody else calls these. */
export const taskletUnlock = stub("void tasklet_unlock(struct tasklet_struct *t)", (k, { t }) => {
  k.struct("tasklet_struct", t).state &= ~TASKLET_STATE_RUN;
});
export const taskletUnlockWait = stub(
  "void tasklet_unlock_wait(struct tasklet_struct *t)",
  { sleeps: true },
  () => {},
);
export const taskletUnlockSpinWait = stub(
  "void tasklet_unlock_spin_wait(struct tasklet_struct *t)",
  () => {},
);
