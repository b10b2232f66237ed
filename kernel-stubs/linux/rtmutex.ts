/** include/linux/rtmutex.h, as kernel/locking/rtmutex_api.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { TASK_INTERRUPTIBLE, TASK_KILLABLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { lockName, waits } from "./mutex.ts";

const initialise = (k: Kernel, base: Address): void => k.memory.fill(base, 0, k.sizeOf("rt_mutex_base"));

export const rtMutexBaseInit = stub("void rt_mutex_base_init(struct rt_mutex_base *rtb)", (k, { rtb }) =>
  initialise(k, rtb),
);
export const rtMutexInit = stub(
  "void __rt_mutex_init(struct rt_mutex *lock, const char *name, struct lock_class_key *key)",
  (k, { lock, name }) => {
    k.lockdep.initialised(lock, lockName(k, name));
    initialise(k, lock);
  },
);

const PRIORITIES = { partial: "who waits comes in turn, not by priority, and priority is not inherited" };
export const rtMutexLock = stub(
  "void rt_mutex_lock(struct rt_mutex *lock)",
  { sleeps: true, acquires: { rt_mutex: "lock" }, level: PRIORITIES },
  (k, { lock }) => waits(k.rtMutexes.acquire(lock, k.current)),
);
export const rtMutexLockInterruptible = stub(
  "int rt_mutex_lock_interruptible(struct rt_mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { rt_mutex: "lock" }, level: PRIORITIES },
  (k, { lock }) => k.rtMutexes.acquire(lock, k.current, TASK_INTERRUPTIBLE),
);
export const rtMutexLockKillable = stub(
  "int rt_mutex_lock_killable(struct rt_mutex *lock)",
  { sleeps: true, fails: ["EINTR"], acquires: { rt_mutex: "lock" }, level: PRIORITIES },
  (k, { lock }) => k.rtMutexes.acquire(lock, k.current, TASK_KILLABLE),
);
export const rtMutexTrylock = stub(
  "int rt_mutex_trylock(struct rt_mutex *lock)",
  { fails: ["ZERO"], acquires: { rt_mutex: "lock" } },
  (k, { lock }) => (k.rtMutexes.tryAcquire(lock, k.current) ? 1 : 0),
);
export const rtMutexUnlock = stub(
  "void rt_mutex_unlock(struct rt_mutex *lock)",
  { releases: { rt_mutex: "lock" } },
  (k, { lock }) => k.rtMutexes.release(lock),
);
