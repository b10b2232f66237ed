import type { Makers } from "../later.ts";
import type { Kernel } from "../kernel.ts";
import { createMutexes } from "./mutex.ts";
import { createRwSemaphores } from "./rwsem.ts";
import { createSemaphores } from "./semaphore.ts";

/** Locks that sleep. */
export const lockMakers = (k: Kernel): Makers<Kernel> => ({
  mutexes: () => createMutexes(k, "mutex", k.offsetOf("mutex", "owner")),
  wwMutexes: () => createMutexes(k, "ww_mutex", k.offsetOf("mutex", "owner")),
  rtMutexes: () => createMutexes(k, "rt_mutex", k.offsetOf("rt_mutex_base", "owner")),
  rwsems: () => createRwSemaphores(k),
  semaphores: () => createSemaphores(k),
});
