/** include/linux/mutex.h, as kernel/locking/mutex.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { initMutex } from "../../src/kernel/locks/initialise.ts";
import { type Block, isBlock } from "../../src/kernel/routine.ts";
import { TASK_INTERRUPTIBLE, TASK_KILLABLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";

/** A lock's name, given at its initialisation: "&dev->lock". */
export const lockName = (k: Kernel, name: Address): string => (name === 0 ? "" : k.memory.cstring(name, 64));

export const mutexInit = stub(
  "void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)",
  (k, { lock, name }) => {
    k.lockdep.initialised(lock, lockName(k, name));
    initMutex(k, lock);
  },
);

/** For functions that return nothing: the wait, or done. */
export const waits = (answer: Block | number): Block | undefined => (isBlock(answer) ? answer : undefined);

export const mutexLock = stub(
  "void mutex_lock(struct mutex *lock)",
  { sleeps: true, acquires: { mutex: "lock" } },
  (k, { lock }) => waits(k.mutexes.acquire(lock, k.current)),
);
export const mutexLockInterruptible = stub(
  "int mutex_lock_interruptible(struct mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { mutex: "lock" } },
  (k, { lock }) => k.mutexes.acquire(lock, k.current, TASK_INTERRUPTIBLE),
);
export const mutexLockKillable = stub(
  "int mutex_lock_killable(struct mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { mutex: "lock" } },
  (k, { lock }) => k.mutexes.acquire(lock, k.current, TASK_KILLABLE),
);
export const mutexLockIo = stub(
  "void mutex_lock_io(struct mutex *lock)",
  { sleeps: true, acquires: { mutex: "lock" } },
  (k, { lock }) => waits(k.mutexes.acquire(lock, k.current)),
);
export const mutexTrylock = stub(
  "int mutex_trylock(struct mutex *lock)",
  { fails: ["ZERO"], acquires: { mutex: "lock" } },
  (k, { lock }) => (k.mutexes.tryAcquire(lock, k.current) ? 1 : 0),
);
export const mutexUnlock = stub(
  "void mutex_unlock(struct mutex *lock)",
  { releases: { mutex: "lock" } },
  (k, { lock }) => k.mutexes.release(lock),
);
export const mutexIsLocked = stub("bool mutex_is_locked(struct mutex *lock)", (k, { lock }) =>
  k.mutexes.locked(lock),
);
export const atomicDecAndMutexLock = stub(
  "int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)",
  { acquires: { mutex: (_k, { lock }, result) => (result === 0 ? undefined : lock) }, sleeps: true },
  (k, { cnt, lock }) => {
    const count = k.memory.i32(cnt);
    if (count !== 1) {
      k.memory.setU32(cnt, (count - 1) >>> 0);
      return 0;
    }
    const wait = k.mutexes.acquire(lock, k.current);
    if (isBlock(wait)) return wait;
    const now = k.memory.i32(cnt) - 1;
    k.memory.setU32(cnt, now >>> 0);
    if (now === 0) return 1;
    k.mutexes.release(lock);
    return 0;
  },
);
