/** include/linux/rcupdate.h, as kernel/rcu does it; its waits and calls of every kind are one table, those of rcutree.h and rcupdate_trace.h, too. */
import type { Address } from "../../src/base/address.ts";
import { type Declared, stub } from "../../src/stub/declare.ts";

export const rcuReadLock = stub("void __rcu_read_lock(void)", { acquires: { rcu: "current" } }, (k) =>
  k.rcu.enter(),
);
export const rcuReadUnlock = stub("void __rcu_read_unlock(void)", { releases: { rcu: "current" } }, (k) =>
  k.rcu.leave(),
);

export const rcuWaits: readonly Declared[] = [
  "synchronize_rcu",
  "synchronize_rcu_expedited",
  "synchronize_net",
  "rcu_barrier",
  "synchronize_rcu_tasks",
  "synchronize_rcu_tasks_rude",
  "synchronize_rcu_tasks_trace",
  "rcu_barrier_tasks",
  "rcu_barrier_tasks_rude",
  "rcu_barrier_tasks_trace",
].map((name) =>
  stub(`void ${name}(void)` as "void f(void)", { sleeps: true }, (k) => k.rcu.synchronize(k.current)),
);

export const callRcu: readonly Declared[] = [
  "call_rcu",
  "call_rcu_tasks",
  "call_rcu_tasks_rude",
  "call_rcu_tasks_trace",
].map((name) =>
  stub(
    `void ${name}(struct callback_head *head, rcu_callback_t func)` as "void f(struct callback_head *head, rcu_callback_t func)",
    { acquires: { rcu_callback: "head" } },
    (k, { head, func }) => {
      k.struct("callback_head", head).func = func as Address;
      k.rcu.later("rcu", head);
    },
  ),
);

/** A cookie that is over from the start. */
export const getCompletedSynchronizeRcu = stub("unsigned long get_completed_synchronize_rcu(void)", () => 1n);
