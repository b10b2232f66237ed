import type { Address } from "../../base/address.ts";
import { EINTR } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import { endsWait, signalInState } from "../sched/signals.ts";
import type { Task } from "../task.ts";
import type { LockKind } from "./held.ts";
import { createLockQueue } from "./queue.ts";

/**
 * Locks with one owner, whose first word (or another) is the owner's task_struct: what stands in
 * guest memory decides (kernel/locking/mutex.c). `acquire` is restartable.
 */
export interface Mutexes {
  /** 0 when the lock is now the caller's, -EINTR for a signal that `state` lets in, or a wait. */
  acquire(lock: Address, task: Task, state?: number): Block | number;
  tryAcquire(lock: Address, task: Task): boolean;
  release(lock: Address): void;
  owner(lock: Address): Task | undefined;
  locked(lock: Address): boolean;
}

/** MUTEX_FLAGS, in the low bits of the owner. */
const FLAGS = 7n;
/** TASK_UNINTERRUPTIBLE */
const UNINTERRUPTIBLE = 2;

/** `offset`: where in the lock its owner stands. */
export const createMutexes = (k: Kernel, kind: LockKind, offset: number): Mutexes => {
  const queue = createLockQueue(k);
  const word = (lock: Address): bigint => k.memory.u64(lock + offset) & ~FLAGS;
  const locked = (lock: Address): boolean => word(lock) !== 0n;
  const take = (lock: Address, task: Task): void => {
    k.memory.setPointer(lock + offset, task.taskStruct);
    k.lockdep.taken(lock, kind);
  };
  return {
    acquire(lock, task, state = UNINTERRUPTIBLE) {
      k.lockdep.wanted(lock, kind);
      if (!locked(lock)) {
        queue.leave(lock, task);
        take(lock, task);
        return 0;
      }
      if (signalInState(task, state)) {
        queue.leave(lock, task);
        return -EINTR;
      }
      queue.join(lock, task);
      return block(k.lockdep.describe(lock, kind), { interruptible: endsWait(state) });
    },
    tryAcquire(lock, task) {
      if (locked(lock)) return false;
      take(lock, task);
      return true;
    },
    release(lock) {
      k.lockdep.released(lock, kind);
      k.memory.setU64(lock + offset, 0n);
      queue.wakeFirst(lock);
    },
    owner: (lock) => k.tasks.byStruct(Number(BigInt.asIntN(64, word(lock)))),
    locked,
  };
};
