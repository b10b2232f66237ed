import type { createInterrupts } from "../interrupts.ts";
import type { Kernel } from "../kernel.ts";
import { createTaskMemory } from "../task-memory.ts";

export const interruptHost = (k: Kernel): Parameters<typeof createInterrupts>[4] => ({
  createContext: (context) => k.tasks.create({ comm: context, kind: "interrupt", context }),
  preemptCount: () => k.cpu.preemptCount(),
  addPreemptCount: (delta) => k.cpu.setPreemptCount(k.cpu.preemptCount() + delta),
  slept(task) {
    k.stop({ kind: "panic", message: `scheduling while atomic in ${task.comm}` });
  },
});

export const taskMemory = (k: Kernel): ReturnType<typeof createTaskMemory> => {
  const current = k.cpu.variable("current_task");
  return createTaskMemory(k.machine, k.journal, {
    structs: { size: k.sizeOf("task_struct"), offset: (field) => k.offsetOf("task_struct", field) },
    allocate: (size) => k.statics.allocate(size),
    setCurrent(taskStruct) {
      if (taskStruct !== 0) k.memory.setPointer(current, taskStruct);
    },
  });
};
