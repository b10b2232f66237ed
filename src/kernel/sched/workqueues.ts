import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { checkLeft } from "../locks/leaving.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { type Block, block } from "../routine.ts";
import type { Task } from "../task.ts";
import { type WaitLists, createWaitLists } from "./waits.ts";
import { NO_POOL } from "./init-work.ts";

/** One queueing of a work item, from queue_work until its function has returned. */
interface Item {
  /** Grows with every queueing. */
  readonly serial: number;
  readonly work: Address;
  readonly queue: Address;
  /** PID of the worker that runs it; 0 while it waits. */
  worker: number;
  /** The function, from when it runs: the item itself may be gone by then. */
  fn: Address;
}

interface Queue {
  readonly address: Address;
  readonly name: ByteString;
  maxActive: number;
  readonly pool: "bound" | "highpri" | "unbound";
}

/** kernel/workqueue.c. A work item's pending bit is bit 0 of `work_struct.data`. */
export interface Workqueues {
  /** Registers a queue object that the caller allocated. */
  create(queue: Address, name: ByteString, flags: number, maxActive: number): void;
  /** system_wq, which the kernel's own work goes to; made when first asked for. */
  events(): Address;
  /** Queues a work item; false when it is pending already. */
  queue(queue: Address, work: Address): boolean;
  /** Makes it pending without queueing it; false when it is. */
  claim(work: Address): boolean;
  /** Queues one that is pending. */
  submit(queue: Address, work: Address): void;
  /** Queues it after `delay` jiffies. */
  queueDelayed(queue: Address, delayed: Address, delay: number): boolean;
  /** The timer of a delayed work item went off. */
  delayOver(delayed: Address): void;
  /** Takes back what has not started; true when it was pending. */
  cancel(work: Address): boolean;
  cancelDelayed(delayed: Address): boolean;
  /** Waits until what is queued or running now has finished; "done" tells whether there was anything. */
  flush(work: Address): Block | { readonly waited: boolean };
  flushAll(queue: Address): Block | undefined;
  /** Pending or running items of a queue. */
  busy(queue: Address): number;
  workState(work: Address): { readonly pending: boolean; readonly running: boolean };
  /** Whether an item is queued or running, whatever its memory says. */
  holds(work: Address): boolean;
  /** The item the task runs, if it is a worker. */
  currentWork(task: Task): Address;
  /** What a worker is at, for reports. */
  serving(task: Task): { readonly workqueue: ByteString; readonly function: Address } | undefined;
  /** A wait for whatever of that work item is queued or running. */
  awaitIdle(work: Address): Block;
  /** A wait for something of a queue to finish. */
  awaitQueue(queue: Address): Block;
  maxActive(queue: Address): number;
  setMaxActive(queue: Address, limit: number): void;
  destroy(queue: Address): void;
  nameOf(queue: Address): ByteString | undefined;
}

const PENDING = 1n;
/** include/linux/workqueue.h */
const WQ_UNBOUND = 2;
const WQ_HIGHPRI = 16;
const WQ_DFL_ACTIVE = 256;
/** Bytes that stand for a struct workqueue_struct. */
export const WORKQUEUE_SIZE = 512;

export const createWorkqueues = (k: Kernel): Workqueues => {
  const queues: JournalMap<Address, Queue> = k.journal.map();
  /** Every item from its queueing until its function has returned, by serial; the same ones by where they stand. */
  const items: JournalMap<number, Item> = k.journal.map();
  const waiting: JournalMap<number, Item> = k.journal.map();
  const running: JournalMap<number, Item> = k.journal.map();
  // The workers of boot are taken as busy: the next number is 1.
  const state = { serial: 0, workers: 1, events: 0 };
  /** Workers that were woken and have not looked for work yet: one is enough, it wakes the next. */
  const coming: Record<Queue["pool"], number> = { bound: 0, highpri: 0, unbound: 0 };
  const idle: Record<Queue["pool"], number[]> = { bound: [], highpri: [], unbound: [] };
  const waits: WaitLists = createWaitLists(k);

  const setPending = (work: Address, pending: boolean): void => {
    const view = k.struct("work_struct", work);
    view.data.counter = pending ? view.data.counter | PENDING : NO_POOL;
  };
  const isPending = (work: Address): boolean => (k.struct("work_struct", work).data.counter & PENDING) !== 0n;
  const itemsOf = (test: (item: Item) => boolean): Item[] => [...items.values()].filter(test);
  /** The item a worker runs. */
  const itemOf = (pid: number): Item | undefined => running.get(pid);

  /** The next item a worker of that pool may start, keeping each queue's order and limit. */
  const next = (pool: Queue["pool"]): Item | undefined => {
    const active = new Map<Address, number>();
    const busy = new Set<Address>();
    for (const item of running.values()) {
      active.set(item.queue, (active.get(item.queue) ?? 0) + 1);
      busy.add(item.work);
    }
    for (const item of waiting.values()) {
      const queue = queues.get(item.queue);
      if (queue === undefined || queue.pool !== pool) continue;
      // An item never runs on two workers at once.
      if ((active.get(item.queue) ?? 0) >= queue.maxActive || busy.has(item.work)) continue;
      return item;
    }
    return undefined;
  };
  const poolOf = (task: Task): Queue["pool"] =>
    task.comm.startsWith("kworker/u") ? "unbound" : task.comm.endsWith("H") ? "highpri" : "bound";

  const take = (task: Task, item: Item): void => {
    k.journal.touch(item).worker = task.pid;
    waiting.delete(item.serial);
    running.set(task.pid, item);
  };
  const finish = (item: Item): void => {
    items.delete(item.serial);
    running.delete(item.worker);
    waits.wakeAll(item.work);
    waits.wakeAll(item.queue);
  };

  /** Lets a worker start its next item, or go idle. */
  const proceed = (task: Task): void => {
    const pool = poolOf(task);
    const item = next(pool);
    if (item !== undefined) take(task, item);
    if (item === undefined) {
      k.journal.touch(idle[pool]).push(task.pid);
      task.state = "blocked";
      task.waiting = { reason: "work to do", interruptible: false };
      return;
    }
    if (coming[pool] === 0 && next(pool) !== undefined) startWorker(pool);
    setPending(item.work, false);
    const { func } = k.struct("work_struct", item.work);
    item.fn = func;
    k.executor.pushCall(task, { kind: "call", fn: func, args: [item.work] });
  };
  k.bottoms.set("worker", (task) => {
    const item = itemOf(task.pid);
    const pool = poolOf(task);
    if (item !== undefined) {
      checkLeft(k, task, `work function ${k.symbols.format(item.fn)}`);
      finish(item);
    }
    // Only the worker that was woken last has not looked yet.
    else if (coming[pool] > 0) k.journal.touch(coming)[pool] -= 1;
    proceed(task);
  });

  const startWorker = (pool: Queue["pool"]): void => {
    const rested = idle[pool].length > 0 ? k.journal.touch(idle[pool]).pop() : undefined;
    const old = rested === undefined ? undefined : k.tasks.find(rested);
    const number = state.workers;
    if (old === undefined) k.journal.touch(state).workers += 1;
    const comm = {
      bound: `kworker/0:${number}`,
      highpri: `kworker/0:${number}H`,
      unbound: `kworker/u2:${number}`,
    };
    const task =
      old ??
      k.tasks.create({
        comm: comm[pool],
        kind: "kthread",
        callers: DEFERRED_CALLERS.work,
        bottom: { kind: "worker", data: 0 },
      });
    // It looks for work when it gets the CPU: an empty stack goes straight to its bottom.
    k.journal.touch(coming)[pool] += 1;
    k.tasks.wake(task);
  };

  const submit = (queue: Address, work: Address): void => {
    const serial = (k.journal.touch(state).serial += 1);
    const item: Item = { serial, work, queue, worker: 0, fn: 0 };
    items.set(serial, item);
    waiting.set(serial, item);
    const pool = queues.get(queue)?.pool ?? "bound";
    if (coming[pool] === 0) startWorker(pool);
  };

  const cancel = (work: Address): boolean => {
    const found = itemsOf((item) => item.work === work && item.worker === 0);
    for (const { serial } of found) {
      items.delete(serial);
      waiting.delete(serial);
    }
    if (!isPending(work)) return found.length > 0;
    setPending(work, false);
    for (const item of found) waits.wakeAll(item.queue);
    return true;
  };

  /** Waits until the items that match and are there at the first entry are gone. */
  const drain = (key: Address, test: (item: Item) => boolean): Block | { waited: boolean } => {
    const task = k.current;
    const remembered = task.restart as { serials: readonly number[] } | undefined;
    const serials = remembered?.serials ?? itemsOf(test).map((item) => item.serial);
    if (serials.every((serial) => !items.has(serial))) return { waited: remembered !== undefined };
    k.journal.touch(task).restart = { serials };
    waits.join(key, task);
    return block("work to finish");
  };

  const create: Workqueues["create"] = (address, name, flags, maxActive) => {
    const pool = (flags & WQ_UNBOUND) !== 0 ? "unbound" : (flags & WQ_HIGHPRI) !== 0 ? "highpri" : "bound";
    queues.set(address, { address, name, maxActive: maxActive === 0 ? WQ_DFL_ACTIVE : maxActive, pool });
  };

  return {
    create,
    events() {
      if (state.events !== 0) return state.events;
      k.journal.touch(state).events = k.statics.allocate(WORKQUEUE_SIZE);
      create(state.events, "events", 0, 0);
      return state.events;
    },
    queue(queue, work) {
      if (isPending(work)) return false;
      setPending(work, true);
      submit(queue, work);
      return true;
    },
    claim(work) {
      if (isPending(work)) return false;
      setPending(work, true);
      return true;
    },
    queueDelayed(queue, delayed, delay) {
      if (isPending(delayed)) return false;
      setPending(delayed, true);
      const view = k.struct("delayed_work", delayed);
      view.wq = queue;
      if (delay === 0) submit(queue, delayed);
      else k.timers.modify(view.timer.$address, k.clock.jiffies() + delay);
      return true;
    },
    delayOver(delayed) {
      submit(k.struct("delayed_work", delayed).wq, delayed);
    },
    submit,
    cancel,
    cancelDelayed(delayed) {
      k.timers.remove(k.struct("delayed_work", delayed).timer.$address);
      return cancel(delayed);
    },
    flush(work) {
      return drain(work, (item) => item.work === work);
    },
    flushAll(queue) {
      const result = drain(queue, (item) => item.queue === queue);
      return "kind" in result ? result : undefined;
    },
    busy: (queue) => itemsOf((item) => item.queue === queue).length,
    workState: (work) => ({
      pending: isPending(work),
      running: itemsOf((item) => item.work === work && item.worker !== 0).length > 0,
    }),
    holds: (work) => itemsOf((item) => item.work === work).length > 0,
    currentWork: (task) => itemOf(task.pid)?.work ?? 0,
    serving(task) {
      const item = itemOf(task.pid);
      if (item === undefined) return undefined;
      return { workqueue: queues.get(item.queue)?.name ?? "", function: item.fn };
    },
    awaitIdle(work) {
      waits.join(work, k.current);
      return block("work to finish");
    },
    awaitQueue(queue) {
      waits.join(queue, k.current);
      return block("workqueue to drain");
    },
    maxActive: (queue) => queues.get(queue)?.maxActive ?? 0,
    setMaxActive(address, limit) {
      const queue = queues.get(address);
      if (queue !== undefined) k.journal.touch(queue).maxActive = limit;
    },
    destroy: (queue) => void queues.delete(queue),
    nameOf: (queue) => queues.get(queue)?.name,
  };
};
