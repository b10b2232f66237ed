import type { Address } from "../../base/address.ts";
import { EINTR } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import { endsWait, signalInState } from "../sched/signals.ts";
import type { Task } from "../task.ts";
import { createLockQueue } from "./queue.ts";

/** kernel/locking/rwsem.c: `count` in guest memory decides. Waiters come in turn; readers next to each other go together. */
export interface RwSemaphores {
  /** 0, -EINTR, or a wait. */
  read(sem: Address, task: Task, state: number): Block | number;
  write(sem: Address, task: Task, state: number): Block | number;
  tryRead(sem: Address): boolean;
  tryWrite(sem: Address, task: Task): boolean;
  upRead(sem: Address): void;
  upWrite(sem: Address): void;
  /** A writer becomes a reader. */
  downgrade(sem: Address): void;
}

const WRITER_LOCKED = 1n;
const FLAG_WAITERS = 2n;
const READER_BIAS = 0x100n;
/** What may stand in `count` while nobody has the lock. */
const FLAGS = 0x6n;
/** RWSEM_READER_OWNED, in the owner's low bits. */
const READER_OWNED = 1n;

export const createRwSemaphores = (k: Kernel): RwSemaphores => {
  const queue = createLockQueue(k);
  const listAt = k.offsetOf("rw_semaphore", "wait_list");
  const ownerAt = k.offsetOf("rw_semaphore", "owner");
  const count = (sem: Address): bigint => k.memory.u64(sem);
  const setCount = (sem: Address, value: bigint): void => k.memory.setU64(sem, BigInt.asUintN(64, value));
  const writer = (sem: Address): boolean => (count(sem) & WRITER_LOCKED) !== 0n;
  const free = (sem: Address): boolean => (count(sem) & ~FLAGS) === 0n;
  const showWaiters = (sem: Address): void => {
    const value = count(sem) & ~FLAG_WAITERS;
    const first = queue.first(sem);
    setCount(sem, first === undefined ? value : value | FLAG_WAITERS);
    // rwsem_is_contended() looks inline whether the list is empty; who waits is kept by the queue.
    const list = sem + listAt;
    const waiter = first === undefined ? undefined : k.tasks.find(first.pid);
    k.memory.setPointer(list, waiter?.stack.low ?? list);
  };
  const setOwner = (sem: Address, task: Task, reader: bigint): void =>
    k.memory.setU64(sem + ownerAt, BigInt.asUintN(64, BigInt(task.taskStruct)) | reader);

  /** Hands the lock to the readers that wait, if the first in the queue is one; a writer is woken to try. */
  const wakeNext = (sem: Address): void => {
    const first = queue.first(sem);
    if (first === undefined) return;
    if (!first.shared) {
      if (free(sem)) queue.wakeFirst(sem);
      return;
    }
    if (writer(sem)) return;
    for (const waiter of queue.waiting(sem)) {
      if (!waiter.shared) continue;
      setCount(sem, count(sem) + READER_BIAS);
      queue.grant(sem, waiter);
    }
    showWaiters(sem);
  };
  const takeRead = (sem: Address, task: Task): void => {
    setCount(sem, count(sem) + READER_BIAS);
    setOwner(sem, task, READER_OWNED);
    k.lockdep.taken(sem, "rwsem", "shared");
  };
  const takeWrite = (sem: Address, task: Task): void => {
    setCount(sem, count(sem) | WRITER_LOCKED);
    setOwner(sem, task, 0n);
    k.lockdep.taken(sem, "rwsem");
  };
  const wait = (sem: Address, task: Task, state: number, shared?: "shared"): Block | number => {
    if (signalInState(task, state)) {
      queue.leave(sem, task);
      showWaiters(sem);
      wakeNext(sem);
      return -EINTR;
    }
    queue.join(sem, task, shared);
    showWaiters(sem);
    return block(k.lockdep.describe(sem, "rwsem"), { interruptible: endsWait(state) });
  };

  return {
    read(sem, task, state) {
      k.lockdep.wanted(sem, "rwsem", "shared");
      if (queue.takeGrant(sem, task)) {
        setOwner(sem, task, READER_OWNED);
        k.lockdep.taken(sem, "rwsem", "shared");
        return 0;
      }
      if (writer(sem) || queue.first(sem) !== undefined) return wait(sem, task, state, "shared");
      takeRead(sem, task);
      return 0;
    },
    write(sem, task, state) {
      k.lockdep.wanted(sem, "rwsem");
      if (!free(sem)) return wait(sem, task, state);
      queue.leave(sem, task);
      takeWrite(sem, task);
      showWaiters(sem);
      return 0;
    },
    tryRead(sem) {
      if (writer(sem) || queue.first(sem) !== undefined) return false;
      takeRead(sem, k.current);
      return true;
    },
    tryWrite(sem, task) {
      if (!free(sem)) return false;
      takeWrite(sem, task);
      return true;
    },
    upRead(sem) {
      k.lockdep.released(sem, "rwsem", "shared");
      setCount(sem, count(sem) - READER_BIAS);
      wakeNext(sem);
    },
    upWrite(sem) {
      k.lockdep.released(sem, "rwsem");
      k.memory.setU64(sem + ownerAt, 0n);
      setCount(sem, count(sem) & ~WRITER_LOCKED);
      wakeNext(sem);
    },
    downgrade(sem) {
      k.lockdep.downgraded(sem);
      setCount(sem, count(sem) - WRITER_LOCKED + READER_BIAS);
      setOwner(sem, k.current, READER_OWNED);
      wakeNext(sem);
    },
  };
};
