/** include/linux/mutex.h, as kernel/locking/mutex.c does it. */
import type { Address } from "../../src/base/address.ts";
import { EINTR } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { TASK_INTERRUPTIBLE, signalPending } from "./sched.ts";

export const mutexInit = stub(
  "void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key)",
  (k, { lock }) => {
    k.memory.fill(lock, 0, k.sizeOf("mutex"));
    const list = lock + k.offsetOf("mutex", "wait_list");
    k.memory.setPointer(list, list);
    k.memory.setPointer(list + 8, list);
  },
);

export const mutexLock = stub(
  "void mutex_lock(struct mutex *lock)",
  { sleeps: true, acquires: { mutex: "lock" } },
  (k, { lock }) => k.mutexes.acquire(lock, k.current),
);
const interruptible = (k: Kernel, lock: Address, state: number): number | Block => {
  if (k.mutexes.locked(lock) && signalPending(k, state)) return -EINTR;
  return k.mutexes.acquire(lock, k.current, { interruptible: (state & 1) !== 0 }) ?? 0;
};
export const mutexLockInterruptible = stub(
  "int mutex_lock_interruptible(struct mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { mutex: "lock" } },
  (k, { lock }) => interruptible(k, lock, TASK_INTERRUPTIBLE),
);
export const mutexLockKillable = stub(
  "int mutex_lock_killable(struct mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { mutex: "lock" } },
  (k, { lock }) => interruptible(k, lock, 0x102),
);
export const mutexTrylock = stub("int mutex_trylock(struct mutex *lock)", (k, { lock }) =>
  k.mutexes.tryAcquire(lock, k.current) ? 1 : 0,
);
export const mutexUnlock = stub(
  "void mutex_unlock(struct mutex *lock)",
  { releases: { mutex: "lock" } },
  (k, { lock }) => k.mutexes.release(lock, k.current),
);
export const mutexIsLocked = stub("bool mutex_is_locked(struct mutex *lock)", (k, { lock }) =>
  k.mutexes.locked(lock),
);
export const atomicDecAndMutexLock = stub(
  "int atomic_dec_and_mutex_lock(atomic_t *cnt, struct mutex *lock)",
  { sleeps: true },
  (k, { cnt, lock }) => {
    const count = k.memory.i32(cnt);
    if (count !== 1) {
      k.memory.setU32(cnt, (count - 1) >>> 0);
      return 0;
    }
    const wait = k.mutexes.acquire(lock, k.current);
    if (wait !== undefined) return wait;
    const now = k.memory.i32(cnt) - 1;
    k.memory.setU32(cnt, now >>> 0);
    if (now === 0) return 1;
    k.mutexes.release(lock, k.current);
    return 0;
  },
);
