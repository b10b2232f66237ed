/** include/linux/rcupdate.h and srcu.h. With one CPU and no preemption, a grace period is over as soon as nobody reads. */
import { stub } from "../../src/stub/declare.ts";

/** task_struct.rcu_read_lock_nesting counts read-side sections (CONFIG_PREEMPT_RCU). */
export const rcuReadLock = stub("void __rcu_read_lock(void)", (k) => {
  k.struct("task_struct", k.current.taskStruct).rcu_read_lock_nesting += 1;
});
export const rcuReadUnlock = stub("void __rcu_read_unlock(void)", (k) => {
  k.struct("task_struct", k.current.taskStruct).rcu_read_lock_nesting -= 1;
});
