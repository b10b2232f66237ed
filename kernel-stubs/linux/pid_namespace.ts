/** include/linux/pid_namespace.h. */
import type { Ptr } from "../../src/abi/prototype-types.ts";
import { stub, variable } from "../../src/stub/declare.ts";

/** The only PID namespace; its reaper is init. */
export const initPidNs = variable("struct pid_namespace init_pid_ns", (k, { address }) => {
  const view = k.struct("pid_namespace", address);
  view.child_reaper = (k.pids.boot[0] ?? 0) as Ptr<"struct task_struct">;
});
export const taskActivePidNs = stub(
  "struct pid_namespace *task_active_pid_ns(struct task_struct *tsk)",
  (k) => (k.symbols.address("init_pid_ns") ?? 0) as Ptr<"struct pid_namespace">,
);
