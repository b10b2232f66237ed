import type { ByteString } from "../../base/bytes.ts";
import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { findingStack } from "./show-trace.ts";
import { currentName, dumpStack, printModules } from "./show-regs.ts";
import { sleepPath } from "./sleep-paths.ts";
import type { OopsState } from "./state.ts";
import { TAINT } from "./taint.ts";

const KERN_ERR = 3;
/** The scheduler's own preempt_disable(), which the message counts too. */
const PREEMPT_OFFSET = 1;
/** All but the bit that says whether to reschedule: a count below zero wraps within. */
const COUNT_MASK = 0x7fff_ffff;
const INSIDE_DEQUEUE = ["dequeue_task_idle+0x25/0x40", "__schedule+0x5cc/0xa00"];
const INSIDE_SCHEDULE = ["__schedule_bug.cold+0x42/0x4e", "__schedule+0x804/0xa00"];

/**
 * __schedule_bug() of kernel/sched/core.c, for a task that gives up the CPU with preemption off.
 * The scheduler then resets the count, so that a later unlock makes it negative. `stub`: the
 * function it sleeps in.
 */
export const schedulingWhileAtomic = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  stub: ByteString,
): void => {
  const { comm, pid } = currentName(host);
  const count = ((host.preemptCount() + PREEMPT_OFFSET) & COUNT_MASK).toString(16).padStart(8, "0");
  const message = `BUG: scheduling while atomic: ${comm}/${pid}/0x${count}`;
  host.print(KERN_ERR, message);
  printModules(host);
  const via = [...INSIDE_SCHEDULE, ...(incident.via ?? sleepPath(stub, host.stubFrame(stub)))];
  dumpStack(host, { ...incident, via });
  host.taints.add(TAINT.WARN, "still-ok");
  host.setPreemptCount(0);
  const stack = findingStack(host, incident);
  if (state.slept === stack[1]) return;
  host.finding({ kind: "scheduling-while-atomic", severity: "error", message, where: stack[0], stack });
};

/** dequeue_task_idle() of kernel/sched/idle.c: printed once, where the kernel's loop says it on each turn. */
export const idleSleeps = (host: OopsHost, incident: Incident, stub: ByteString): void => {
  host.print(KERN_ERR, "bad: scheduling from the idle thread!");
  dumpStack(host, { ...incident, via: [...INSIDE_DEQUEUE, ...sleepPath(stub, host.stubFrame(stub))] });
};
