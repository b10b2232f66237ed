import { DEFERRED_CALLERS } from "../oops/callers.ts";
import type { Address } from "../../base/address.ts";
import type { JournalMap, JournalSet } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import type { Task } from "../task.ts";
import { createWaitLists } from "./waits.ts";

/** One queueing of a kthread_work, until its function has returned. */
interface Item {
  readonly serial: number;
  readonly worker: Address;
  readonly work: Address;
  /** PID of the thread that runs it; 0 while it waits. */
  thread: number;
}

/** kthread_worker of kernel/kthread.c: one thread, work in order. */
export interface KthreadWorkers {
  /** A thread whose function is kthread_worker_fn() has nothing else to do: its next work, or a wait. */
  proceed(task: Task, worker: Address): void;
  /** False when it is queued already, or waits for its timer. */
  queue(worker: Address, work: Address): boolean;
  queueDelayed(worker: Address, delayed: Address, delay: number): boolean;
  /** Its timer went off. */
  delayOver(delayed: Address): void;
  /** Takes back what has not started, timer and all; true when there was something. */
  cancel(work: Address): boolean;
  cancelDelayed(delayed: Address): boolean;
  running(work: Address): boolean;
  /** Waits for what is queued or running of that work, or of the whole worker, at the first entry. */
  flushWork(work: Address): Block | undefined;
  flushWorker(worker: Address): Block | undefined;
  awaitIdle(work: Address): Block;
}

export const createKthreadWorkers = (k: Kernel): KthreadWorkers => {
  const items: JournalMap<number, Item> = k.journal.map();
  const delayedOnes: JournalSet<Address> = k.journal.set();
  const state = { serial: 0 };
  const waits = createWaitLists(k);
  const all = (test: (item: Item) => boolean): Item[] => [...items.values()].filter(test);
  const wakeThread = (worker: Address): void => {
    const task = k.tasks.byStruct(k.struct("kthread_worker", worker).task);
    if (task !== undefined) k.tasks.wake(task);
  };
  const finish = (item: Item): void => {
    items.delete(item.serial);
    waits.wakeAll(item.work);
    waits.wakeAll(item.worker);
  };
  const submit = (worker: Address, work: Address): void => {
    const serial = (k.journal.touch(state).serial += 1);
    items.set(serial, { serial, worker, work, thread: 0 });
    const view = k.struct("kthread_work", work);
    view.worker = worker as typeof view.worker;
    wakeThread(worker);
  };
  const blocked = (work: Address): boolean =>
    delayedOnes.has(work) || all((item) => item.work === work && item.thread === 0).length > 0;
  const cancel = (work: Address): boolean => {
    const waiting = all((item) => item.work === work && item.thread === 0);
    for (const item of waiting) finish(item);
    return waiting.length > 0;
  };
  const drain = (key: Address, test: (item: Item) => boolean): Block | undefined => {
    const task = k.current;
    const serials = (task.restart as readonly number[] | undefined) ?? all(test).map(({ serial }) => serial);
    if (serials.every((serial) => !items.has(serial))) return undefined;
    k.journal.touch(task).restart = serials;
    waits.join(key, task);
    return block("a kthread_work to finish");
  };

  return {
    proceed(task, worker) {
      const view = k.struct("kthread_worker", worker);
      view.task = task.taskStruct as typeof view.task;
      for (const item of all(({ thread }) => thread === task.pid)) finish(item);
      view.current_work = 0 as typeof view.current_work;
      if (k.kthreads.shouldStop(task)) {
        view.task = 0 as typeof view.task;
        k.kthreads.exit(task, 0);
        return;
      }
      const [next] = all((item) => item.worker === worker && item.thread === 0);
      if (next === undefined) {
        task.state = "blocked";
        task.waiting = { reason: "work to do", interruptible: false };
        return;
      }
      k.journal.touch(next).thread = task.pid;
      view.current_work = next.work as typeof view.current_work;
      k.journal.touch(task).callers = DEFERRED_CALLERS.kthreadWork;
      k.executor.pushCall(task, {
        kind: "call",
        fn: k.struct("kthread_work", next.work).func,
        args: [next.work],
      });
    },
    queue(worker, work) {
      if (blocked(work)) return false;
      submit(worker, work);
      return true;
    },
    queueDelayed(worker, delayed, delay) {
      if (blocked(delayed)) return false;
      const view = k.struct("kthread_delayed_work", delayed);
      view.work.worker = worker as typeof view.work.worker;
      if (delay === 0) submit(worker, delayed);
      else {
        delayedOnes.add(delayed);
        k.timers.modify(view.timer.$address, k.clock.jiffies() + delay);
      }
      return true;
    },
    delayOver(delayed) {
      delayedOnes.delete(delayed);
      submit(k.struct("kthread_delayed_work", delayed).work.worker, delayed);
    },
    cancel,
    cancelDelayed(delayed) {
      k.timers.remove(k.struct("kthread_delayed_work", delayed).timer.$address);
      const waited = delayedOnes.delete(delayed);
      return cancel(delayed) || waited;
    },
    running: (work) => all((item) => item.work === work && item.thread !== 0).length > 0,
    flushWork: (work) => drain(work, (item) => item.work === work),
    flushWorker: (worker) => drain(worker, (item) => item.worker === worker),
    awaitIdle(work) {
      waits.join(work, k.current);
      return block("a kthread_work to finish");
    },
  };
};
