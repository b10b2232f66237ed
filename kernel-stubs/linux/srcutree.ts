/** include/linux/srcutree.h, as kernel/rcu/srcutree.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const synchronizeSrcuExpedited = stub(
  "void synchronize_srcu_expedited(struct srcu_struct *ssp)",
  { sleeps: true },
  (k, { ssp }) => k.srcu.synchronize(ssp),
);
export const srcuBarrier = stub(
  "void srcu_barrier(struct srcu_struct *ssp)",
  { sleeps: true },
  (k, { ssp }) => k.srcu.barrier(ssp),
);
