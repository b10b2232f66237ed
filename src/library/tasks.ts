import { displayText } from "../base/bytes.ts";
import type { Task } from "../kernel/task.ts";
import type { Sandbox } from "../sandbox.ts";

/** A task as `ps` would show it. */
export interface TaskInfo {
  readonly pid: number;
  readonly name: string;
  readonly kind: "process" | "kthread";
  readonly state: "runnable" | "waiting" | "dead";
  /** What it waits for. */
  readonly waitingFor: string | undefined;
  /** The guest's struct task_struct. */
  readonly address: number;
}

export const tasksOf = ({ kernel }: Sandbox): readonly TaskInfo[] =>
  [...kernel.tasks.all()].map((task: Task) => ({
    pid: task.pid,
    name: displayText(task.comm),
    kind: kernel.processes.find(task.pid) === undefined ? "kthread" : "process",
    state: task.state === "blocked" ? "waiting" : task.state,
    waitingFor: task.waiting?.reason,
    address: task.taskStruct,
  }));
