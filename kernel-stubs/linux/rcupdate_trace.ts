/** include/linux/rcupdate_trace.h, as kernel/rcu/tasks.h does it. */
import { rcuCall, rcuWait } from "./rcupdate.ts";

export const rcuTraceWaits = ["synchronize_rcu_tasks_trace", "rcu_barrier_tasks_trace"].map(rcuWait);
export const callRcuTasksTrace = rcuCall("call_rcu_tasks_trace");
