import type { Kernel } from "../kernel.ts";
import { createLockdep } from "./lockdep.ts";
import { createMutexes } from "./mutex.ts";
import { createRwSemaphores } from "./rwsem.ts";
import { createSemaphores } from "./semaphore.ts";

export const createLocks = (
  k: Kernel,
): Pick<Kernel, "lockdep" | "mutexes" | "rtMutexes" | "wwMutexes" | "rwsems" | "semaphores"> => {
  const lockdep = createLockdep(k);
  // Stacks are used again: what lies there next is another lock.
  k.tasks.ended.push(({ stack }) => lockdep.freed(stack.low, stack.high - stack.low));
  return {
    lockdep,
    mutexes: createMutexes(k, "mutex", k.offsetOf("mutex", "owner")),
    wwMutexes: createMutexes(k, "ww_mutex", k.offsetOf("mutex", "owner")),
    rtMutexes: createMutexes(k, "rt_mutex", k.offsetOf("rt_mutex_base", "owner")),
    rwsems: createRwSemaphores(k),
    semaphores: createSemaphores(k),
  };
};
