import type { Address } from "../../base/address.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import type { Task } from "../task.ts";

/** Tasks that wait for something known by an address (a completion, a mutex, a work item), in order. */
export interface WaitLists {
  /** Puts the task at the end, unless it is there already. */
  join(key: Address, task: Task): void;
  leave(key: Address, task: Task): void;
  /** Wakes the first; which, or undefined when nobody waits. */
  wakeOne(key: Address): Task | undefined;
  wakeAll(key: Address): number;
  first(key: Address): Task | undefined;
  count(key: Address): number;
}

export const createWaitLists = (k: Pick<Kernel, "journal" | "tasks">): WaitLists => {
  const lists: JournalMap<Address, readonly number[]> = k.journal.map();
  const set = (key: Address, pids: readonly number[]): void => {
    if (pids.length === 0) lists.delete(key);
    else lists.set(key, pids);
  };
  const list = (key: Address): readonly number[] => lists.get(key) ?? [];
  const first = (key: Address): Task | undefined => {
    for (const pid of list(key)) {
      const task = k.tasks.find(pid);
      if (task !== undefined && task.state !== "dead") return task;
    }
    return undefined;
  };
  return {
    join(key, task) {
      if (!list(key).includes(task.pid)) set(key, [...list(key), task.pid]);
    },
    leave(key, task) {
      set(
        key,
        list(key).filter((pid) => pid !== task.pid),
      );
    },
    wakeOne(key) {
      const task = first(key);
      if (task === undefined) return undefined;
      set(
        key,
        list(key).filter((pid) => pid !== task.pid),
      );
      k.tasks.wake(task);
      return task;
    },
    wakeAll(key) {
      const waiting = list(key);
      lists.delete(key);
      for (const pid of waiting) {
        const task = k.tasks.find(pid);
        if (task !== undefined) k.tasks.wake(task);
      }
      return waiting.length;
    },
    first,
    count: (key) => list(key).length,
  };
};
