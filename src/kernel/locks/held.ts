import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Journal, JournalMap } from "../journal.ts";
import type { Task } from "../task.ts";
import type { LockClass } from "./classes.ts";

export type LockKind =
  | "spinlock"
  | "rwlock"
  | "mutex"
  | "rwsem"
  | "rt_mutex"
  | "ww_mutex"
  | "percpu_rwsem"
  | "srcu";

/** One taking of a lock, until it is given back. */
export interface Holding {
  readonly lock: Address;
  readonly kind: LockKind;
  /** Others may hold it at the same time: a reader. */
  readonly shared: boolean;
  readonly lockClass: LockClass;
  /** The process, or the interrupt context, that took it. */
  readonly task: Task;
  /** Where it was taken, innermost first. */
  readonly stack: readonly ByteString[];
}

/** Who holds what. */
export interface HeldLocks {
  add(holding: Holding): void;
  remove(holding: Holding): void;
  byLock(lock: Address): readonly Holding[];
  /** In the order they were taken. */
  byTask(task: Task): readonly Holding[];
  all(): Iterable<Holding>;
  readonly count: number;
}

const NONE: readonly Holding[] = [];

export const createHeldLocks = (journal: Journal): HeldLocks => {
  const locks: JournalMap<Address, readonly Holding[]> = journal.map();
  const tasks: JournalMap<Task, readonly Holding[]> = journal.map();
  const state = { count: 0 };
  const put = <K>(map: JournalMap<K, readonly Holding[]>, key: K, holdings: readonly Holding[]): void => {
    if (holdings.length === 0) map.delete(key);
    else map.set(key, holdings);
  };
  return {
    add(holding) {
      locks.set(holding.lock, [...(locks.get(holding.lock) ?? NONE), holding]);
      tasks.set(holding.task, [...(tasks.get(holding.task) ?? NONE), holding]);
      journal.touch(state).count += 1;
    },
    remove(holding) {
      const others = (locks.get(holding.lock) ?? NONE).filter((each) => each !== holding);
      put(locks, holding.lock, others);
      put(
        tasks,
        holding.task,
        (tasks.get(holding.task) ?? NONE).filter((each) => each !== holding),
      );
      journal.touch(state).count -= 1;
    },
    byLock: (lock) => locks.get(lock) ?? NONE,
    byTask: (task) => (state.count === 0 ? NONE : (tasks.get(task) ?? NONE)),
    *all() {
      for (const holdings of locks.values()) yield* holdings;
    },
    get count() {
      return state.count;
    },
  };
};
