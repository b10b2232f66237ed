/** include/linux/sched/task.h, as kernel/fork.c and init/init_task.c do it. */
import { fillInitTask } from "../../../src/kernel/sched/init-task.ts";
import { stub, variable } from "../../../src/stub/declare.ts";

/** The last reference is gone; the task ended before. */
export const putTaskStruct = stub("void __put_task_struct(struct task_struct *tsk)", (k, { tsk }) => {
  const task = k.tasks.byStruct(tsk);
  if (task !== undefined && task.state === "dead") k.tasks.reap(task);
});

/** "swapper/0", whose list leads to all processes: for_each_process() walks it. */
export const initTask = variable("struct task_struct init_task", (k, { address }) =>
  fillInitTask(k, address),
);
