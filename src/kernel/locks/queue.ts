import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";

export interface Waiter {
  readonly pid: number;
  readonly shared: boolean;
  /** The one that released has given it the lock already. */
  readonly granted: boolean;
}

/** Tasks that wait for a lock, in order; whoever releases may hand it to the first. */
export interface LockQueue {
  /** Puts the task at the end, unless it is there. */
  join(lock: Address, task: Task, shared?: "shared"): void;
  leave(lock: Address, task: Task): void;
  /** The first that has not been given the lock. */
  first(lock: Address): Waiter | undefined;
  waiting(lock: Address): readonly Waiter[];
  /** The lock is his: wakes him. */
  grant(lock: Address, waiter: Waiter): void;
  /** Takes the task off the queue if the lock was granted to it. */
  takeGrant(lock: Address, task: Task): boolean;
  /** Wakes the first to try for himself. */
  wakeFirst(lock: Address): void;
}

export const createLockQueue = (k: Pick<Kernel, "journal" | "tasks">): LockQueue => {
  const queues: JournalMap<Address, readonly Waiter[]> = k.journal.map();
  const list = (lock: Address): readonly Waiter[] => queues.get(lock) ?? [];
  const put = (lock: Address, waiters: readonly Waiter[]): void => {
    if (waiters.length > 0) queues.set(lock, waiters);
    else if (queues.has(lock)) queues.delete(lock);
  };
  const alive = ({ pid }: Waiter): boolean => (k.tasks.find(pid)?.state ?? "dead") !== "dead";
  const first = (lock: Address): Waiter | undefined =>
    list(lock).find((waiter) => !waiter.granted && alive(waiter));
  const wake = ({ pid }: Waiter): void => {
    const task = k.tasks.find(pid);
    if (task !== undefined) k.tasks.wake(task);
  };
  const leave = (lock: Address, task: Task): void =>
    put(
      lock,
      list(lock).filter(({ pid }) => pid !== task.pid),
    );
  return {
    join(lock, task, shared) {
      if (list(lock).some(({ pid }) => pid === task.pid)) return;
      put(lock, [...list(lock), { pid: task.pid, shared: shared !== undefined, granted: false }]);
    },
    leave,
    first,
    waiting: (lock) => list(lock).filter((waiter) => !waiter.granted && alive(waiter)),
    grant(lock, waiter) {
      put(
        lock,
        list(lock).map((each) => (each.pid === waiter.pid ? { ...each, granted: true } : each)),
      );
      wake(waiter);
    },
    takeGrant(lock, task) {
      if (!list(lock).some(({ pid, granted }) => pid === task.pid && granted)) return false;
      leave(lock, task);
      return true;
    },
    wakeFirst(lock) {
      const waiter = first(lock);
      if (waiter !== undefined) wake(waiter);
    },
  };
};
