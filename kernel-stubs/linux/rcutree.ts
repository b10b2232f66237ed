/** include/linux/rcutree.h, as kernel/rcu/tree.c does it. */
import type { Address } from "../../src/base/address.ts";
import { stub } from "../../src/stub/declare.ts";
import { rcuWait } from "./rcupdate.ts";

/** kvfree_rcu() gives an offset inside the object instead of a function. */
const OFFSET_LIMIT = 4096;

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

export const rcuTreeWaits = ["synchronize_rcu_expedited", "rcu_barrier"].map(rcuWait);
