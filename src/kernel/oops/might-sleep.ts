import type { ByteString } from "../../base/bytes.ts";
import { RFLAGS } from "../../abi/calls.ts";
import { type Task, inInterrupt } from "../task.ts";
import type { OopsHost } from "./host.ts";
import { hostIncident } from "./incident.ts";
import { FLAGS_IF } from "./registers.ts";
import { schedulingWhileAtomic } from "./schedule-bug.ts";
import { taskStack } from "./show-trace.ts";
import type { OopsState } from "./state.ts";

/** Functions that never return without having slept, whether or not it takes their stubs a wait. */
const ALWAYS: ReadonlySet<string> = new Set([
  "synchronize_rcu",
  "synchronize_srcu",
  "rcu_barrier",
  "kthread_create_on_node",
  "__request_module",
]);

/** Why the running code must not sleep. */
const atomicContext = (host: OopsHost, task: Task): string | undefined => {
  if (inInterrupt(task)) return `in ${task.context} context`;
  if (host.preemptCount() !== 0) return "with preemption disabled";
  return ((host.registers[RFLAGS] ?? 0n) & FLAGS_IF) === 0n ? "with interrupts disabled" : undefined;
};

/** __might_sleep() of kernel/sched/core.c, which only debugging kernels have, as a finding. */
export const mightSleep = (host: OopsHost, state: OopsState, task: Task, stub: ByteString): void => {
  const context = atomicContext(host, task);
  if (context === undefined) return;
  const stack = taskStack(host, task, [host.stubFrame(stub)]);
  host.journal.touch(state).slept = stack[1];
  const message = `${stub}() may sleep, but was called ${context}`;
  host.finding({ kind: "sleep-in-atomic", severity: "error", message, where: stack[1] ?? stack[0], stack });
  if (ALWAYS.has(stub) && host.preemptCount() !== 0) {
    schedulingWhileAtomic(host, state, hostIncident(host, task, undefined, {}), stub);
  }
};
