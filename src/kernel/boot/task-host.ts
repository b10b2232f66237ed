import type { createInterrupts } from "../interrupts.ts";
import { RIP } from "../../abi/calls.ts";
import { toAddress } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";
import { checkLeft, checkPreemption } from "../locks/leaving.ts";
import { inheritedFrom } from "../sched/init-task.ts";
import { introduceTask } from "../sched/pids.ts";
import { createTaskMemory } from "../task-memory.ts";

export const interruptHost = (k: Kernel): Parameters<typeof createInterrupts>[4] => ({
  createContext: (context) => k.tasks.create({ comm: context, kind: "interrupt", context }),
  preemptCount: () => k.cpu.preemptCount(),
  addPreemptCount: (delta) => k.cpu.setPreemptCount(k.cpu.preemptCount() + delta),
  left(task, handler, before) {
    const what = `a callback of ${handler.replace(/[.+].*/, "")}()`;
    checkLeft(k, task, what);
    checkPreemption(k, what, before);
  },
  slept(task) {
    k.stop({ kind: "panic", message: `scheduling while atomic in ${task.comm}` });
  },
});

export const taskMemory = (k: Kernel): ReturnType<typeof createTaskMemory> => {
  const current = k.cpu.variable("current_task");
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
      if (k.cpu.preemptCount() !== 0) k.traces.schedulingWhileAtomic(task, waitingStub(k, task));
    },
    setCurrent(taskStruct) {
      if (taskStruct !== 0) k.memory.setPointer(current, taskStruct);
    },
  });
};

/** The stub that a task waits in. */
const waitingStub = (k: Kernel, task: Task): string => {
  const top = task.frames.at(-1);
  if (top?.kind === "host") return top.stub ?? "schedule";
  return k.executor.traps.get(toAddress(task.registers[RIP] ?? 0n) - 1)?.name ?? "schedule";
};
