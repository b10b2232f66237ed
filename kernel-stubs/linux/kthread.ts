/** include/linux/kthread.h, as kernel/kthread.c does it. */
import { asInt } from "../../src/abi/calls.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { type Block, block } from "../../src/kernel/routine.ts";
import type { Task } from "../../src/kernel/task.ts";
import { within } from "../../src/stub/compose.ts";
import { stub } from "../../src/stub/declare.ts";
import { complete } from "./completion.ts";

const TASK_COMM_LEN = 16;

const taskOf = (k: Kernel, taskStruct: Address): Task => k.tasks.byStruct(taskStruct) ?? k.current;

export const kthreadCreateOnNode = stub(
  `struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
      const char *namefmt, ...)`,
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { thread: "return" } },
  (k, { threadfn, data, namefmt }, call) =>
    k.kthreads.create(threadfn, data, formatGuest(k, namefmt, call, TASK_COMM_LEN).text).taskStruct,
);
export const kthreadCreateOnCpu = stub(
  `struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data,
      unsigned int cpu, const char *namefmt)`,
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { thread: "return" } },
  (k, { threadfn, data, namefmt, cpu }) => {
    const name = k.memory.cstring(namefmt, 64).replace("%u", `${cpu}`).replace("%d", `${cpu}`);
    return k.kthreads.create(threadfn, data, name.slice(0, TASK_COMM_LEN - 1)).taskStruct;
  },
);
export const kthreadStop = stub(
  "int kthread_stop(struct task_struct *k)",
  // It has told the thread before it sleeps: others do not come first.
  { sleeps: () => true, releases: { thread: "k" } },
  (kernel, { k: thread }) => kernel.kthreads.stop(taskOf(kernel, thread)),
);
export const kthreadShouldStop = stub("bool kthread_should_stop(void)", (k) =>
  k.kthreads.shouldStop(k.current),
);
export const kthreadShouldPark = stub("bool kthread_should_park(void)", (k) =>
  k.kthreads.shouldPark(k.current),
);
export const kthreadPark = stub(
  "int kthread_park(struct task_struct *k)",
  { sleeps: true },
  (kernel, { k: thread }) => kernel.kthreads.park(taskOf(kernel, thread)) ?? 0,
);
export const kthreadUnpark = stub("void kthread_unpark(struct task_struct *k)", (kernel, { k: thread }) =>
  kernel.kthreads.unpark(taskOf(kernel, thread)),
);
export const kthreadParkme = stub("void kthread_parkme(void)", { sleeps: true }, (k) =>
  k.kthreads.parkme(k.current),
);
/** One CPU: every thread is bound to it. */
export const kthreadBind = stub("void kthread_bind(struct task_struct *p, unsigned int cpu)", (k, { p }) => {
  k.struct("task_struct", p).nr_cpus_allowed = 1;
});
export const kthreadData = stub("void *kthread_data(struct task_struct *task)", (k, { task }) =>
  k.kthreads.data(taskOf(k, task)),
);
export const kthreadFreezableShouldStop = stub(
  "bool kthread_freezable_should_stop(bool *was_frozen)",
  { sleeps: true },
  (k, { was_frozen }) => {
    if (was_frozen !== 0) k.memory.setU8(was_frozen, 0);
    return k.kthreads.shouldStop(k.current);
  },
);

export const kthreadFunc = stub("void *kthread_func(struct task_struct *task)", (k, { task }) =>
  k.kthreads.fn(taskOf(k, task)),
);
export const kthreadShouldParkOf = stub(
  "bool __kthread_should_park(struct task_struct *k)",
  (kernel, { k: thread }) => kernel.kthreads.shouldPark(taskOf(kernel, thread)),
);
/** Ends the calling thread; whoever waits for the completion goes on. */
export const completeAndExit = (k: Kernel, comp: Address, code: bigint): Block => {
  if (comp !== 0) within(k, complete, { x: comp });
  k.kthreads.exit(k.current, asInt(code));
  return block("nothing: the thread has ended");
};
export const kthreadCompleteAndExit = stub(
  "void kthread_complete_and_exit(struct completion *comp, long code)",
  (k, { comp, code }) => completeAndExit(k, comp, code),
);
