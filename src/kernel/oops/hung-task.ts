import type { ByteString } from "../../base/bytes.ts";
import type { Task } from "../task.ts";
import type { OopsHost } from "./host.ts";
import { hostIncident } from "./incident.ts";
import { findingStack, traceLines } from "./show-trace.ts";
import { sleepPath } from "./sleep-paths.ts";

const KERN_ERR = 3;
const KERN_INFO = 6;

/** `stub`: the function it waits in; `parent`: PID of its parent. */
export interface HungTask {
  readonly task: Task;
  readonly seconds: number;
  readonly stub: ByteString;
  readonly parent: number;
}

/** khungtaskd's report of a task that waits uninterruptibly for too long (kernel/hung_task.c). */
export const hungTask = (host: OopsHost, { task, seconds, stub, parent }: HungTask): void => {
  const { release, version, packageId } = host.build;
  const message = `task ${task.comm}:${task.pid} blocked for more than ${seconds} seconds.`;
  host.print(KERN_ERR, `INFO: ${message}`);
  host.print(KERN_ERR, `      ${host.taints.describe()} ${release} ${version}${packageId}`);
  host.print(KERN_ERR, '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.');
  host.print(KERN_INFO, taskLine(task, parent));
  const via = ["__schedule+0x34d/0xa00", ...sleepPath(stub, host.stubFrame(stub))];
  const incident = hostIncident(host, task, undefined, { via });
  for (const line of traceLines(host, incident)) host.print(KERN_INFO, line);
  const stack = findingStack(host, incident);
  host.finding({ kind: "hung-task", severity: "error", message, where: stack[0], stack });
};

/** sched_show_task() of kernel/sched/core.c. */
const taskLine = (task: Task, parent: number): ByteString => {
  const comm = task.comm.slice(0, 15).padEnd(15);
  const ids = `stack:0     pid:${String(task.pid).padEnd(5)} ppid:${String(parent).padEnd(6)}`;
  const flags = task.callers.at(-1)?.startsWith("ret_from_fork") === true ? "0x00004000" : "0x00004002";
  return `task:${comm} state:D ${ids} flags:${flags}`;
};
