import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import type { Task } from "../task.ts";
import { type WaitLists, createWaitLists } from "./waits.ts";

/**
 * Sleeping locks. The guest sees a lock as taken through its own fields; who waits and who owns is
 * kept here. `acquire` is restartable: undefined when the lock is now the caller's, or a wait.
 */
export interface SleepingLocks {
  acquire(lock: Address, task: Task, options?: { readonly interruptible?: boolean }): Block | undefined;
  tryAcquire(lock: Address, task: Task): boolean;
  release(lock: Address, task: Task): void;
  owner(lock: Address): Task | undefined;
  /** Locks a task holds, for reports. */
  heldBy(task: Task): readonly Address[];
  locked(lock: Address): boolean;
}

/** `show(lock, owner)` writes what the guest may look at. */
export const createSleepingLocks = (
  k: Kernel,
  kind: string,
  show: (lock: Address, owner: Task | undefined) => void,
): SleepingLocks => {
  const owners: JournalMap<Address, number> = k.journal.map();
  const waits: WaitLists = createWaitLists(k);
  const owner = (lock: Address): Task | undefined => {
    const pid = owners.get(lock);
    return pid === undefined ? undefined : k.tasks.find(pid);
  };
  const take = (lock: Address, task: Task): void => {
    owners.set(lock, task.pid);
    show(lock, task);
  };
  return {
    acquire(lock, task, { interruptible = false } = {}) {
      if (!owners.has(lock)) {
        waits.leave(lock, task);
        take(lock, task);
        return undefined;
      }
      waits.join(lock, task);
      return block(`${kind} ${k.symbols.format(lock)}`, { interruptible });
    },
    tryAcquire(lock, task) {
      if (owners.has(lock)) return false;
      take(lock, task);
      return true;
    },
    release(lock) {
      owners.delete(lock);
      show(lock, undefined);
      const next = waits.first(lock);
      if (next !== undefined) k.tasks.wake(next);
    },
    owner,
    heldBy: (task) => [...owners.entries()].filter(([, pid]) => pid === task.pid).map(([lock]) => lock),
    locked: (lock) => owners.has(lock),
  };
};
