/** include/linux/ww_mutex.h, as kernel/locking/ww_mutex.h and mutex.c do it: the younger context gives way. */
import type { Address } from "../../src/base/address.ts";
import { EALREADY, EDEADLK } from "../../src/base/errno.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Block } from "../../src/kernel/routine.ts";
import { TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";

/** Stamps grow, and wrap. */
const younger = (a: bigint, b: bigint): boolean => BigInt.asIntN(64, a - b) > 0n;

/** -EALREADY or -EDEADLK where the context must not wait for the lock; marks the holder that must give way. */
const refuse = (k: Kernel, lock: Address, ctx: Address): number => {
  const mine = k.struct("ww_acquire_ctx", ctx);
  const holder = k.struct("ww_mutex", lock).ctx;
  if (holder === ctx) return -EALREADY;
  if (mine.acquired === 0) mine.wounded = 0;
  if (!k.wwMutexes.locked(lock)) return 0;
  const theirs = holder === 0 ? undefined : k.struct("ww_acquire_ctx", holder);
  if (mine.is_wait_die !== 0) {
    const dies = theirs !== undefined && mine.acquired > 0 && younger(mine.stamp, theirs.stamp);
    return dies ? -EDEADLK : 0;
  }
  if (mine.acquired > 0 && mine.wounded !== 0) return -EDEADLK;
  if (theirs !== undefined && theirs.acquired > 0 && younger(theirs.stamp, mine.stamp)) {
    theirs.wounded = 1;
    const task = k.tasks.byStruct(theirs.task);
    if (task !== undefined) k.tasks.wake(task);
  }
  return 0;
};

const lockWith = (k: Kernel, lock: Address, ctx: Address, state: number): Block | number => {
  const refused = ctx === 0 ? 0 : refuse(k, lock, ctx);
  if (refused !== 0) return refused;
  const answer = k.wwMutexes.acquire(lock, k.current, state);
  if (answer === 0 && ctx !== 0) own(k, lock, ctx);
  return answer;
};
const own = (k: Kernel, lock: Address, ctx: Address): void => {
  const mutex = k.struct("ww_mutex", lock);
  mutex.ctx = ctx as typeof mutex.ctx;
  k.struct("ww_acquire_ctx", ctx).acquired += 1;
};

export const wwMutexLock = stub(
  "int ww_mutex_lock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)",
  { sleeps: true, fails: ["EALREADY", "EDEADLK"], acquires: { mutex: "lock" } },
  (k, { lock, ctx }) => lockWith(k, lock, ctx, TASK_UNINTERRUPTIBLE),
);
export const wwMutexLockInterruptible = stub(
  "int ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)",
  { sleeps: true, fails: ["EALREADY", "EDEADLK", "EINTR"], acquires: { mutex: "lock" } },
  (k, { lock, ctx }) => lockWith(k, lock, ctx, TASK_INTERRUPTIBLE),
);
export const wwMutexTrylock = stub(
  "int ww_mutex_trylock(struct ww_mutex *ww, struct ww_acquire_ctx *ww_ctx)",
  (k, { ww, ww_ctx }) => {
    if (!k.wwMutexes.tryAcquire(ww, k.current)) return 0;
    if (ww_ctx !== 0) own(k, ww, ww_ctx);
    return 1;
  },
);
export const wwMutexUnlock = stub(
  "void ww_mutex_unlock(struct ww_mutex *lock)",
  { releases: { mutex: "lock" } },
  (k, { lock }) => {
    const mutex = k.struct("ww_mutex", lock);
    if (mutex.ctx !== 0) {
      const context = k.struct("ww_acquire_ctx", mutex.ctx);
      if (context.acquired > 0) context.acquired -= 1;
      mutex.ctx = 0 as typeof mutex.ctx;
    }
    k.wwMutexes.release(lock);
  },
);
