/** include/linux/pid.h, as kernel/pid.c does it. One PID namespace. */
import type { Ptr } from "../../src/abi/prototype-types.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

type TaskStruct = Ptr<"struct task_struct">;
type Pid = Ptr<"struct pid">;

const counter = (k: Kernel, pid: Address): { counter: number } => k.struct("pid", pid).count.refs;
const hold = (k: Kernel, pid: Address): Pid => {
  if (pid !== 0) counter(k, pid).counter += 1;
  return pid as Pid;
};

export const findVpid = stub("struct pid *find_vpid(int nr)", (k, { nr }) => k.pids.find(nr) as Pid);
export const findPidNs = stub(
  "struct pid *find_pid_ns(int nr, struct pid_namespace *ns)",
  (k, { nr }) => k.pids.find(nr) as Pid,
);
export const findGetPid = stub(
  "struct pid *find_get_pid(pid_t nr)",
  { fails: ["NULL"], acquires: { pid: "return" } },
  (k, { nr }) => hold(k, k.pids.find(nr)),
);
export const getTaskPid = stub(
  "struct pid *get_task_pid(struct task_struct *task, enum pid_type type)",
  { acquires: { pid: "return" } },
  (k, { task }) => hold(k, k.pids.of(task)),
);
/** The struct goes with its task; nothing is freed here. */
export const putPid = stub("void put_pid(struct pid *pid)", { releases: { pid: "pid" } }, (k, { pid }) => {
  if (pid !== 0) counter(k, pid).counter -= 1;
});
export const pidTask = stub(
  "struct task_struct *pid_task(struct pid *pid, enum pid_type type)",
  (k, { pid }) => k.pids.task(pid) as TaskStruct,
);
export const getPidTask = stub(
  "struct task_struct *get_pid_task(struct pid *pid, enum pid_type type)",
  (k, { pid }) => {
    const task = k.pids.task(pid) as TaskStruct;
    if (task !== 0) k.struct("task_struct", task).usage.refs.counter += 1;
    return task;
  },
);
export const pidVnr = stub("pid_t pid_vnr(struct pid *pid)", (k, { pid }) =>
  pid === 0 ? 0 : k.memory.u32(pid + k.offsetOf("pid", "numbers")),
);
export const pidNrNs = stub("pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns)", (k, { pid }) =>
  pid === 0 ? 0 : k.memory.u32(pid + k.offsetOf("pid", "numbers")),
);
