import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";

/**
 * Code that the kernel called is back: a lock it still holds or an RCU read-side section it left open
 * is a finding. `what`: "init of hello", "a work item", "the system call".
 */
export const checkLeft = (k: Kernel, task: Task, what: ByteString): void => {
  k.lockdep.leaving(task, what);
  if (task.taskStruct === 0 || !k.isMade("rcu")) return;
  const nesting = k.rcu.nesting(task);
  if (nesting <= 0 || nesting === task.leftOpen) return;
  k.journal.touch(task).leftOpen = nesting;
  k.findings.add({
    kind: "rcu-read-left-open",
    severity: "error",
    message: `an RCU read-side section is still open at the end of ${what}: grace periods never end`,
    where: undefined,
    stack: [],
  });
};

/** The same for preemption: the count was `before` when the code was called. */
export const checkPreemption = (k: Kernel, what: ByteString, before: number): void => {
  const now = k.cpu.preemptCount();
  if (now === before) return;
  k.findings.add({
    kind: "preempt-imbalance",
    severity: "error",
    message: `${what} changed preempt_count from 0x${before.toString(16)} to 0x${now.toString(16)}`,
    where: undefined,
    stack: [],
  });
};
