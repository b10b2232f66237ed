/** include/linux/semaphore.h, as kernel/locking/semaphore.c does it. */
import { TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { waits } from "./mutex.ts";

export const down = stub("void down(struct semaphore *sem)", { sleeps: true }, (k, { sem }) =>
  waits(k.semaphores.down(sem, k.current, TASK_UNINTERRUPTIBLE)),
);
export const downInterruptible = stub(
  "int down_interruptible(struct semaphore *sem)",
  { sleeps: true, fails: ["EINTR"] },
  (k, { sem }) => k.semaphores.down(sem, k.current, TASK_INTERRUPTIBLE),
);
export const downKillable = stub(
  "int down_killable(struct semaphore *sem)",
  { sleeps: true, fails: ["EINTR"] },
  (k, { sem }) => k.semaphores.down(sem, k.current, TASK_KILLABLE),
);
export const downTimeout = stub(
  "int down_timeout(struct semaphore *sem, long timeout)",
  { sleeps: true, fails: ["ETIME"] },
  (k, { sem, timeout }) => k.semaphores.down(sem, k.current, TASK_UNINTERRUPTIBLE, timeout),
);
/** 0 when it was taken: the other way round than other trylocks. */
export const downTrylock = stub("int down_trylock(struct semaphore *sem)", (k, { sem }) =>
  k.semaphores.tryDown(sem) ? 0 : 1,
);
export const up = stub("void up(struct semaphore *sem)", (k, { sem }) => k.semaphores.up(sem));
