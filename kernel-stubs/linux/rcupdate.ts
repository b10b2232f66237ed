/** include/linux/rcupdate.h, as kernel/rcu does it. */
import type { Address } from "../../src/base/address.ts";
import { type Stub, stub } from "../../src/stub/declare.ts";

export const rcuReadLock = stub("void __rcu_read_lock(void)", { acquires: { rcu: "current" } }, (k) =>
  k.rcu.enter(),
);
export const rcuReadUnlock = stub("void __rcu_read_unlock(void)", { releases: { rcu: "current" } }, (k) =>
  k.rcu.leave(),
);

/** A function that waits for a grace period of some kind: here they all end together. */
export const rcuWait = (name: string): Stub =>
  stub(`void ${name}(void)` as "void f(void)", { sleeps: true }, (k) => k.rcu.synchronize(k.current));
export const rcuWaits: readonly Stub[] = [
  "synchronize_rcu",
  "synchronize_rcu_tasks",
  "synchronize_rcu_tasks_rude",
  "rcu_barrier_tasks",
  "rcu_barrier_tasks_rude",
].map(rcuWait);

export const rcuCall = (name: string): Stub =>
  stub(
    `void ${name}(struct callback_head *head, rcu_callback_t func)` as "void f(struct callback_head *head, rcu_callback_t func)",
    { acquires: { rcu_callback: "head" } },
    (k, { head, func }) => {
      k.struct("callback_head", head).func = func as Address;
      k.rcu.later("rcu", head);
    },
  );
export const rcuCalls: readonly Stub[] = ["call_rcu", "call_rcu_tasks", "call_rcu_tasks_rude"].map(rcuCall);

/** A cookie that is over from the start. */
export const getCompletedSynchronizeRcu = stub("unsigned long get_completed_synchronize_rcu(void)", () => 1n);
