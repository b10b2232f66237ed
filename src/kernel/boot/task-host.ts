import type { createInterrupts } from "../interrupts.ts";
import { RIP } from "../../abi/calls.ts";
import { hostArgs } from "../../abi/varargs.ts";
import { toAddress } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import { type Task, innermost } from "../task.ts";
import { checkLeft, checkPreemption } from "../locks/leaving.ts";
import { inheritedFrom } from "../sched/init-task.ts";
import { introduceTask } from "../sched/pids.ts";
import { inKsoftirqd } from "../oops/callers.ts";
import { createTaskMemory } from "../task-memory.ts";
import { AT_REST, KSOFTIRQD_PID, rest } from "../sched/stand-ins.ts";
import { format } from "../printf/format.ts";

export const interruptHost = (k: Kernel): Parameters<typeof createInterrupts>[4] => ({
  createContext: (context) => k.tasks.create({ comm: context, kind: "interrupt", context }),
  preemptCount: () => k.cpu.preemptCount(),
  addPreemptCount: (delta) => k.cpu.addPreemptCount(delta),
  left(task, handler, before) {
    const what = `a callback of ${handler.replace(/[.+].*/, "")}()`;
    checkLeft(k, task, what);
    checkPreemption(k, what, before);
  },
  standIn: (who) => k.tasks.standIn(who),
  process: () => k.current,
  callers: (chain) =>
    k.executor.current() === undefined && k.current.pid === KSOFTIRQD_PID ? inKsoftirqd(chain) : chain,
  ownPreemptCount: () => (k.tasks.isIdle(k.current) ? 1 : 0),
  suspended: (task, pause) => k.tasks.suspended(task, pause),
  slept: (handler, pause, others) => handlerSleeps(k, handler, pause, others),
  leaked([vector, action], before) {
    const counts = [before, k.cpu.preemptCount()].map((count) => count.toString(16).padStart(8, "0"));
    const place = format("%p", hostArgs([k.symbols.address(action) ?? 0]), k.format).text;
    k.printk(
      KERN_ERR,
      `softirq: huh, entered softirq ${vector} ${place} with preempt_count ${counts[0]}, exited with ${counts[1]}?`,
    );
    k.cpu.setPreemptCount(before);
  },
});

export const taskMemory = (k: Kernel): ReturnType<typeof createTaskMemory> => {
  const current = k.cpu.variable("current_task");
  k.bottoms.set(AT_REST.kind, (task) => void rest(k.journal.touch(task)));
  return createTaskMemory(k.machine, k.journal, {
    structs: { size: k.sizeOf("task_struct"), offset: (field) => k.offsetOf("task_struct", field) },
    allocate: (size) => k.statics.allocate(size),
    inherited: inheritedFrom(k),
    introduce: (taskStruct, behind, pid) => introduceTask(k, taskStruct, behind, pid),
    preemptionOff: () => k.cpu.preemptCount() !== 0,
    interruptsOff: () => k.cpu.irqsDisabled(),
    stopped: () => k.stopped !== undefined,
    cannotGoOn: ({ kind, message }) => k.stop({ kind, message }),
    sleeps(task) {
      k.noteOffer();
      const sleeper = innermost(task);
      if (k.cpu.preemptCount() !== 0) k.traces.schedulingWhileAtomic(sleeper, waitingStub(k, sleeper));
    },
    setCurrent(taskStruct) {
      k.noteOffer();
      if (taskStruct !== 0) k.memory.setPointer(current, taskStruct);
    },
  });
};

/**
 * __schedule() of kernel/sched/core.c in a handler. The idle task never stops running: it looks again
 * and again until the time is up, and is lost when somebody has to wake it.
 */
const handlerSleeps = (k: Kernel, handler: Task, pause: "blocked" | "yield", others: number): boolean => {
  if (innermost(handler) !== handler) return true;
  const stub = waitingStub(k, handler);
  k.traces.schedulingWhileAtomic(handler, stub);
  const idle = pause === "blocked" && k.tasks.isIdle(k.current);
  if (idle) k.traces.idleSleeps(handler, stub);
  const lost = idle && (handler.deadline === undefined || k.current.frames.length > 0);
  if (!lost && others < SLEEPERS) return true;
  const what = lost ? "the idle task waits" : `${others} interrupt handlers sleep already; another waits`;
  const message = `${what} for ${handler.waiting?.reason ?? "its turn"} in an interrupt`;
  k.stop({ kind: lost ? "hang" : "panic", message });
  return false;
};

/** Interrupt handlers that may sleep at a time: each keeps a stack. */
const SLEEPERS = 16;
const KERN_ERR = 3;

/** The stub that a task waits in. */
const waitingStub = (k: Kernel, task: Task): string => {
  const top = task.frames.at(-1);
  if (top?.kind === "host") return top.stub ?? "schedule";
  return k.executor.traps.get(toAddress(task.registers[RIP] ?? 0n) - 1)?.name ?? "schedule";
};
