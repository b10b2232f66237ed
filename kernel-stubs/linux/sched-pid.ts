/** include/linux/sched.h: numbers of tasks (kernel/pid.c). */
import { stub } from "../../src/stub/declare.ts";

export const taskPidNrNs = stub(
  "pid_t __task_pid_nr_ns(struct task_struct *task, enum pid_type type, struct pid_namespace *ns)",
  { level: { partial: "every task is the leader of its own session and process group" } },
  (k, { task, type }) => {
    const view = k.struct("task_struct", task === 0 ? k.current.taskStruct : task);
    return type === 0 ? view.pid : view.tgid;
  },
);
