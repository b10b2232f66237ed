/** include/linux/kthread.h: kthread_worker, as kernel/kthread.c does it. */
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import type { Block } from "../../src/kernel/routine.ts";
import type { Call } from "../../src/stub/call.ts";
import { stub } from "../../src/stub/declare.ts";

const TASK_COMM_LEN = 16;

const initialise = (k: Kernel, worker: Address): void => {
  k.memory.fill(worker, 0, k.sizeOf("kthread_worker"));
  initList(k.memory, worker + k.offsetOf("kthread_worker", "work_list"));
  initList(k.memory, worker + k.offsetOf("kthread_worker", "delayed_work_list"));
};
export const kthreadInitWorker = stub(
  "void __kthread_init_worker(struct kthread_worker *worker, const char *name, struct lock_class_key *key)",
  (k, { worker }) => initialise(k, worker),
);

/** The function of the thread; a thread that is made with it never gets here (see Kthreads). */
export const kthreadWorkerFn = stub(
  "int kthread_worker_fn(void *worker_ptr)",
  { level: { partial: "as the function of a thread, not called from one" } },
  () => 0,
);

const create = (k: Kernel, flags: number, format: Address, call: Call): Address => {
  const worker = k.heap.kmalloc(k.sizeOf("kthread_worker"), GFP_KERNEL);
  if (worker === 0) return worker;
  initialise(k, worker);
  const view = k.struct("kthread_worker", worker);
  view.flags = flags;
  const fn = k.symbols.address("kthread_worker_fn") ?? 0;
  const task = k.kthreads.create(fn, worker, formatGuest(k, format, call, TASK_COMM_LEN).text);
  view.task = task.taskStruct as typeof view.task;
  k.tasks.wake(task);
  return worker;
};
export const kthreadCreateWorker = stub(
  "struct kthread_worker *kthread_create_worker(unsigned int flags, const char *namefmt, ...)",
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { kthread_worker: "return" } },
  (k, { flags, namefmt }, call) => create(k, flags, namefmt, call),
);
export const kthreadCreateWorkerOnCpu = stub(
  `struct kthread_worker *kthread_create_worker_on_cpu(int cpu, unsigned int flags,
      const char *namefmt, ...)`,
  { fails: ["ENOMEM"], errPtr: true, sleeps: true, acquires: { kthread_worker: "return" } },
  (k, { flags, namefmt }, call) => create(k, flags, namefmt, call),
);
export const kthreadDestroyWorker = stub(
  "void kthread_destroy_worker(struct kthread_worker *worker)",
  { sleeps: true, releases: { kthread_worker: "worker" } },
  (k, { worker }) => {
    const task = k.tasks.byStruct(k.struct("kthread_worker", worker).task);
    if (task !== undefined && !k.kthreads.shouldStop(task)) {
      const wait = k.kthreadWorkers.flushWorker(worker);
      if (wait !== undefined) return wait;
    }
    const stopped = task === undefined ? 0 : k.kthreads.stop(task);
    if (typeof stopped !== "number") return stopped;
    k.heap.kfree(worker);
    return undefined;
  },
);

export const kthreadQueueWork = stub(
  "bool kthread_queue_work(struct kthread_worker *worker, struct kthread_work *work)",
  (k, { worker, work }) => k.kthreadWorkers.queue(worker, work),
);
export const kthreadQueueDelayedWork = stub(
  `bool kthread_queue_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork,
      unsigned long delay)`,
  (k, { worker, dwork, delay }) => k.kthreadWorkers.queueDelayed(worker, dwork, Number(delay)),
);
export const kthreadModDelayedWork = stub(
  `bool kthread_mod_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork,
      unsigned long delay)`,
  (k, { worker, dwork, delay }) => {
    const was = k.kthreadWorkers.cancelDelayed(dwork);
    k.kthreadWorkers.queueDelayed(worker, dwork, Number(delay));
    return was;
  },
);
export const kthreadDelayedWorkTimerFn = stub(
  "void kthread_delayed_work_timer_fn(struct timer_list *t)",
  (k, { t }) => k.kthreadWorkers.delayOver(t - k.offsetOf("kthread_delayed_work", "timer")),
);
export const kthreadFlushWork = stub(
  "void kthread_flush_work(struct kthread_work *work)",
  { sleeps: true },
  (k, { work }) => k.kthreadWorkers.flushWork(work),
);
export const kthreadFlushWorker = stub(
  "void kthread_flush_worker(struct kthread_worker *worker)",
  { sleeps: true },
  (k, { worker }) => k.kthreadWorkers.flushWorker(worker),
);

/** Takes it back, and waits for it if it runs; `restart` keeps what the first entry found. */
const cancelSync = (k: Kernel, work: Address, cancel: () => boolean): boolean | Block => {
  const task = k.current;
  const was = (task.restart as { was: boolean } | undefined)?.was ?? cancel();
  if (!k.kthreadWorkers.running(work)) return was;
  k.journal.touch(task).restart = { was };
  return k.kthreadWorkers.awaitIdle(work);
};
export const kthreadCancelWorkSync = stub(
  "bool kthread_cancel_work_sync(struct kthread_work *work)",
  { sleeps: () => true },
  (k, { work }) => cancelSync(k, work, () => k.kthreadWorkers.cancel(work)),
);
export const kthreadCancelDelayedWorkSync = stub(
  "bool kthread_cancel_delayed_work_sync(struct kthread_delayed_work *dwork)",
  { sleeps: () => true },
  (k, { dwork }) => cancelSync(k, dwork, () => k.kthreadWorkers.cancelDelayed(dwork)),
);
