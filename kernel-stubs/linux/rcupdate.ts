/**
 * include/linux/rcupdate.h and rcutree.h, as kernel/rcu does it. There is one CPU, and tasks change only
 * where they wait: a grace period is over once no task is in a read-side section, a few ticks later.
 */
import type { Address } from "../../src/base/address.ts";
import { TICK_NS } from "../../src/kernel/clock.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

/** How long a grace period takes on a machine that has nothing else to do. */
const GRACE_NS = 3 * TICK_NS;
/** kvfree_rcu() gives an offset inside the object instead of a function. */
const OFFSET_LIMIT = 4096;

/** task_struct.rcu_read_lock_nesting counts read-side sections (CONFIG_PREEMPT_RCU). */
export const rcuReadLock = stub("void __rcu_read_lock(void)", { acquires: { rcu: "current" } }, (k) => {
  k.struct("task_struct", k.current.taskStruct).rcu_read_lock_nesting += 1;
});
export const rcuReadUnlock = stub("void __rcu_read_unlock(void)", { releases: { rcu: "current" } }, (k) => {
  k.struct("task_struct", k.current.taskStruct).rcu_read_lock_nesting -= 1;
});

/** Waits for a grace period; the moment is kept between entries. */
const synchronize = (k: Kernel): Block | undefined => {
  const task = k.current;
  const deadline = (task.restart as number | undefined) ?? k.clock.now() + GRACE_NS;
  if (k.clock.now() >= deadline) return undefined;
  k.journal.touch(task).restart = deadline;
  return block("an RCU grace period", { deadline });
};
export const synchronizeRcu = stub("void synchronize_rcu(void)", { sleeps: true }, synchronize);
export const synchronizeRcuExpedited = stub(
  "void synchronize_rcu_expedited(void)",
  { sleeps: true },
  synchronize,
);
export const synchronizeNet = stub("void synchronize_net(void)", { sleeps: true }, synchronize);
export const rcuBarrier = stub("void rcu_barrier(void)", { sleeps: true }, synchronize);

export const callRcu = stub(
  "void call_rcu(struct callback_head *head, rcu_callback_t func)",
  { acquires: { rcu_callback: "head" } },
  (k, { head, func }) => {
    k.struct("callback_head", head).func = func as Address;
    k.timeline.schedule(k.clock.now() + GRACE_NS, "rcu", head);
  },
);

/** The object that is to be freed: without a head `func` is it itself. */
const deferred = (head: Address, func: Address): Address =>
  head === 0 ? func : head - (func < OFFSET_LIMIT && func >= 0 ? func : 0);

export const kvfreeCallRcu = stub(
  "void kvfree_call_rcu(struct callback_head *head, rcu_callback_t func)",
  { releases: { kvmalloc: (_k, { head, func }) => deferred(head, func as Address) } },
  (k, { head, func }) => {
    k.timeline.schedule(k.clock.now() + GRACE_NS, "rcu-free", deferred(head, func as Address));
  },
);

export const rcuIsWatching = stub("bool rcu_is_watching(void)", () => true);
