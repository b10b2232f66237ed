/** include/linux/rcupdate.h and rcutree.h, as kernel/rcu/tree.c does it. */
import type { Address } from "../../src/base/address.ts";
import { type Declared, stub } from "../../src/stub/declare.ts";

/** kvfree_rcu() gives an offset inside the object instead of a function. */
const OFFSET_LIMIT = 4096;

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

export const kvfreeCallRcu = stub(
  "void kvfree_call_rcu(struct callback_head *head, rcu_callback_t func)",
  (k, { head, func }) => {
    // Without a head `func` is the object itself.
    const object: Address = head === 0 ? func : head - (func < OFFSET_LIMIT && func >= 0 ? func : 0);
    k.rcu.later("rcu-free", object);
  },
);

export const rcuIsWatching = stub("bool rcu_is_watching(void)", () => true);

export const getStateSynchronizeRcu = stub("unsigned long get_state_synchronize_rcu(void)", (k) =>
  k.rcu.state(),
);
export const startPollSynchronizeRcu = stub("unsigned long start_poll_synchronize_rcu(void)", (k) =>
  k.rcu.state(),
);
export const startPollExpedited = stub("unsigned long start_poll_synchronize_rcu_expedited(void)", (k) =>
  k.rcu.state(),
);
/** A cookie that is over from the start. */
export const getCompletedSynchronizeRcu = stub("unsigned long get_completed_synchronize_rcu(void)", () => 1n);
export const pollStateSynchronizeRcu = stub(
  "bool poll_state_synchronize_rcu(unsigned long oldstate)",
  (k, { oldstate }) => k.rcu.over(oldstate),
);
export const condSynchronizeRcu = stub(
  "void cond_synchronize_rcu(unsigned long oldstate)",
  { sleeps: true },
  (k, { oldstate }) => (k.rcu.over(oldstate) ? undefined : k.rcu.synchronize(k.current)),
);
export const condSynchronizeRcuExpedited = stub(
  "void cond_synchronize_rcu_expedited(unsigned long oldstate)",
  { sleeps: true },
  (k, { oldstate }) => (k.rcu.over(oldstate) ? undefined : k.rcu.synchronize(k.current)),
);
