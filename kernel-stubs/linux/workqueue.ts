/** include/linux/workqueue.h, as kernel/workqueue.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINVAL } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import type { Block } from "../../src/kernel/routine.ts";
import { initWork } from "../../src/kernel/sched/init-work.ts";
import { WORKQUEUE_SIZE } from "../../src/kernel/sched/workqueues.ts";
import { stub, variable } from "../../src/stub/declare.ts";

const WQ_NAME_LEN = 24;

export const allocWorkqueue = stub(
  "struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)",
  { fails: ["NULL"], sleeps: true, acquires: { workqueue: "return" } },
  (k, { fmt, flags, max_active }, call) => {
    const queue = k.heap.kmalloc(WORKQUEUE_SIZE, GFP_KERNEL);
    if (queue !== 0)
      k.workqueues.create(queue, formatGuest(k, fmt, call, WQ_NAME_LEN).text, flags, max_active);
    return queue;
  },
);

export const systemWq = variable("struct workqueue_struct *system_wq", (k, { address }) =>
  k.memory.setPointer(address, k.workqueues.events()),
);

const SYSTEM_QUEUES = [
  ["system_highpri_wq", "events_highpri", 16],
  ["system_long_wq", "events_long", 0],
  ["system_unbound_wq", "events_unbound", 2],
  ["system_freezable_wq", "events_freezable", 4],
  ["system_power_efficient_wq", "events_power_efficient", 128],
  ["system_freezable_power_efficient_wq", "events_freezable_power_efficient", 132],
] as const;

/** The other queues every kernel has. */
export const systemQueues = SYSTEM_QUEUES.map(([symbol, name, flags]) =>
  variable(`struct workqueue_struct *${symbol}`, (k, { address }) => {
    const queue = k.statics.allocate(WORKQUEUE_SIZE);
    k.workqueues.create(queue, name, flags, 0);
    k.memory.setPointer(address, queue);
  }),
);

export const queueWorkOn = stub(
  "bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)",
  { acquires: { work: "work" } },
  (k, { wq, work }) => k.workqueues.queue(wq, work),
);
export const queueWorkNode = stub(
  "bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)",
  { acquires: { work: "work" } },
  (k, { wq, work }) => k.workqueues.queue(wq, work),
);
export const queueDelayedWorkOn = stub(
  `bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
      unsigned long delay)`,
  { acquires: { delayed_work: "dwork" } },
  (k, { wq, dwork, delay }) => k.workqueues.queueDelayed(wq, dwork, Number(delay)),
);
export const modDelayedWorkOn = stub(
  `bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
      unsigned long delay)`,
  { acquires: { delayed_work: "dwork" } },
  (k, { wq, dwork, delay }) => {
    const was = k.workqueues.cancelDelayed(dwork);
    k.workqueues.queueDelayed(wq, dwork, Number(delay));
    return was;
  },
);
/** What DECLARE_DELAYED_WORK puts into the timer. */
export const delayedWorkTimerFn = stub("void delayed_work_timer_fn(struct timer_list *t)", (k, { t }) =>
  k.workqueues.delayOver(t - k.offsetOf("delayed_work", "timer")),
);

const flush = (k: Kernel, work: Address): boolean | Block => {
  const result = k.workqueues.flush(work);
  return "waited" in result ? result.waited : result;
};
export const flushWork = stub("bool flush_work(struct work_struct *work)", { sleeps: true }, (k, { work }) =>
  flush(k, work),
);
export const flushDelayedWork = stub(
  "bool flush_delayed_work(struct delayed_work *dwork)",
  { sleeps: true },
  (k, { dwork }) => {
    const view = k.struct("delayed_work", dwork);
    if (k.timers.remove(view.timer.$address)) k.workqueues.delayOver(dwork);
    return flush(k, dwork);
  },
);

/** Takes a pending item back and waits for a running one; `restart` keeps what the first entry found. */
const cancelSync = (k: Kernel, work: Address, cancel: () => boolean): boolean | Block => {
  const task = k.current;
  const was = (task.restart as { was: boolean } | undefined)?.was ?? cancel();
  const { running } = k.workqueues.workState(work);
  if (!running || k.workqueues.currentWork(task) === work) return was;
  const wait = k.workqueues.awaitIdle(work);
  k.journal.touch(task).restart = { was };
  return wait;
};
export const cancelWorkSync = stub(
  "bool cancel_work_sync(struct work_struct *work)",
  // It has been taken back before it sleeps: others do not come first.
  { releases: { work: "work" }, sleeps: () => true },
  (k, { work }) => cancelSync(k, work, () => k.workqueues.cancel(work)),
);
export const cancelDelayedWorkSync = stub(
  "bool cancel_delayed_work_sync(struct delayed_work *dwork)",
  { releases: { delayed_work: "dwork" }, sleeps: () => true },
  (k, { dwork }) => cancelSync(k, dwork, () => k.workqueues.cancelDelayed(dwork)),
);
export const cancelWork = stub(
  "bool cancel_work(struct work_struct *work)",
  { releases: { work: "work" } },
  (k, { work }) => k.workqueues.cancel(work),
);
export const cancelDelayedWork = stub(
  "bool cancel_delayed_work(struct delayed_work *dwork)",
  { releases: { delayed_work: "dwork" } },
  (k, { dwork }) => k.workqueues.cancelDelayed(dwork),
);

export const flushWorkqueue = stub(
  "void __flush_workqueue(struct workqueue_struct *wq)",
  { aliases: ["flush_workqueue"], sleeps: true },
  (k, { wq }) => k.workqueues.flushAll(wq),
);
export const drainWorkqueue = stub(
  "void drain_workqueue(struct workqueue_struct *wq)",
  { sleeps: true },
  (k, { wq }) => (k.workqueues.busy(wq) === 0 ? undefined : k.workqueues.awaitQueue(wq)),
);
export const destroyWorkqueue = stub(
  "void destroy_workqueue(struct workqueue_struct *wq)",
  { sleeps: true, releases: { workqueue: "wq" } },
  (k, { wq }) => {
    if (k.workqueues.busy(wq) > 0) return k.workqueues.awaitQueue(wq);
    k.workqueues.destroy(wq);
    k.heap.kfree(wq);
    return undefined;
  },
);

const WORK_BUSY_PENDING = 1;
const WORK_BUSY_RUNNING = 2;
export const workBusy = stub("unsigned int work_busy(struct work_struct *work)", (k, { work }) => {
  const { pending, running } = k.workqueues.workState(work);
  return (pending ? WORK_BUSY_PENDING : 0) | (running ? WORK_BUSY_RUNNING : 0);
});
export const currentWork = stub("struct work_struct *current_work(void)", (k) =>
  k.workqueues.currentWork(k.current),
);
export const workqueueCongested = stub(
  "bool workqueue_congested(int cpu, struct workqueue_struct *wq)",
  (k, { wq }) => k.workqueues.busy(wq) > k.workqueues.maxActive(wq),
);
export const workqueueSetMaxActive = stub(
  "void workqueue_set_max_active(struct workqueue_struct *wq, int max_active)",
  (k, { wq, max_active }) => k.workqueues.setMaxActive(wq, max_active),
);

/** Queued once a grace period is over. */
export const queueRcuWork = stub(
  "bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)",
  (k, { wq, rwork }) => {
    if (!k.workqueues.claim(rwork)) return false;
    k.struct("rcu_work", rwork).wq = wq;
    k.rcu.later("rcu-work", rwork);
    return true;
  },
);
export const flushRcuWork = stub(
  "bool flush_rcu_work(struct rcu_work *rwork)",
  { sleeps: true },
  (k, { rwork }) => {
    const { pending, running } = k.workqueues.workState(rwork);
    const task = k.current;
    if (!pending && !running) return task.restart !== undefined;
    k.journal.touch(task).restart = "waiting";
    return k.workqueues.awaitIdle(rwork);
  },
);

export const workOnCpu = stub(
  "long work_on_cpu_key(int cpu, long (*fn)(void *), void *arg, struct lock_class_key *key)",
  { sleeps: true, fails: ["EINVAL"] },
  function* (k, { cpu, fn, arg }) {
    return cpu === 0 ? BigInt.asIntN(64, yield* k.call(fn, arg)) : -BigInt(EINVAL);
  },
);

/** include/linux/preempt.h: in_interrupt(), which disabled softirqs count for. */
const INTERRUPT_MASK = 0xffff00;
export const executeInProcessContext = stub(
  "int execute_in_process_context(work_func_t fn, struct execute_work *ew)",
  function* (k, { fn, ew }) {
    if ((k.cpu.preemptCount() & INTERRUPT_MASK) === 0) {
      yield* k.call(fn, ew);
      return 0;
    }
    initWork(k, ew, fn);
    k.workqueues.queue(k.workqueues.events(), ew);
    return 1;
  },
);
