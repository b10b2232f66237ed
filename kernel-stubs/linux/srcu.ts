/** include/linux/srcu.h, as kernel/rcu/srcutree.c does it. */
import type { Address } from "../../src/base/address.ts";
import { stub } from "../../src/stub/declare.ts";

export const initSrcuStruct = stub(
  "int init_srcu_struct(struct srcu_struct *ssp)",
  { fails: ["ENOMEM"], acquires: { srcu_domain: "ssp" } },
  (k, { ssp }) => {
    k.memory.fill(ssp, 0, k.sizeOf("srcu_struct"));
    k.srcu.initialise(ssp);
    return 0;
  },
);
/** One that has readers is not given up: memory is better lost than used after it is gone. */
export const cleanupSrcuStruct = stub(
  "void cleanup_srcu_struct(struct srcu_struct *ssp)",
  {
    sleeps: true,
    releases: { srcu_domain: "ssp" },
    level: { partial: "the warning about readers that are left is a finding, not a line of the log" },
  },
  (k, { ssp }) => {
    if (k.srcu.cleanup(ssp)) return;
    const stack = k.traces.stack(k.executor.current() ?? k.current);
    k.findings.add({
      kind: "srcu-busy",
      severity: "error",
      message: `${k.lockdep.name(ssp, "srcu")} is given up while it has readers or callbacks`,
      where: stack[0],
      stack,
    });
  },
);
export const srcuReadLock = stub("int __srcu_read_lock(struct srcu_struct *ssp)", (k, { ssp }) => {
  k.lockdep.taken(ssp, "srcu", "shared");
  return k.srcu.lock(ssp);
});
export const srcuReadUnlock = stub(
  "void __srcu_read_unlock(struct srcu_struct *ssp, int idx)",
  (k, { ssp, idx }) => {
    k.lockdep.released(ssp, "srcu", "shared");
    k.srcu.unlock(ssp, idx);
  },
);
export const synchronizeSrcu = stub(
  "void synchronize_srcu(struct srcu_struct *ssp)",
  { sleeps: true },
  (k, { ssp }) => k.srcu.synchronize(ssp),
);
export const callSrcu = stub(
  "void call_srcu(struct srcu_struct *ssp, struct callback_head *rhp, rcu_callback_t func)",
  (k, { ssp, rhp, func }) => {
    k.struct("callback_head", rhp).func = func as Address;
    k.srcu.call(ssp, rhp);
  },
);
export const getStateSynchronizeSrcu = stub(
  "unsigned long get_state_synchronize_srcu(struct srcu_struct *ssp)",
  (k, { ssp }) => k.srcu.start(ssp),
);
export const startPollSynchronizeSrcu = stub(
  "unsigned long start_poll_synchronize_srcu(struct srcu_struct *ssp)",
  (k, { ssp }) => k.srcu.start(ssp),
);
export const pollStateSynchronizeSrcu = stub(
  "bool poll_state_synchronize_srcu(struct srcu_struct *ssp, unsigned long cookie)",
  (k, { ssp, cookie }) => k.srcu.over(ssp, cookie),
);
export const srcuBatchesCompleted = stub(
  "unsigned long srcu_batches_completed(struct srcu_struct *ssp)",
  (k, { ssp }) => k.struct("srcu_struct", ssp).srcu_gp_seq,
);
