import { variableName } from "./classes.ts";
import type { Address } from "../../base/address.ts";
import { EINTR, ETIME } from "../../base/errno.ts";
import type { Kernel } from "../kernel.ts";
import { type Block, block } from "../routine.ts";
import { endsWait, signalInState } from "../sched/signals.ts";
import type { Task } from "../task.ts";
import { createLockQueue } from "./queue.ts";

/** kernel/locking/semaphore.c: nobody owns it, and `up` hands it to the first that waits. */
export interface Semaphores {
  /** 0, -EINTR, -ETIME, or a wait. `timeout` in jiffies. */
  down(sem: Address, task: Task, state: number, timeout?: bigint): Block | number;
  tryDown(sem: Address): boolean;
  up(sem: Address): void;
}

export const createSemaphores = (k: Kernel): Semaphores => {
  const queue = createLockQueue(k);
  const countAt = k.offsetOf("semaphore", "count");
  const count = (sem: Address): number => k.memory.u32(sem + countAt);
  const add = (sem: Address, delta: number): void =>
    k.memory.setU32(sem + countAt, (count(sem) + delta) >>> 0);
  return {
    down(sem, task, state, timeout) {
      if (queue.takeGrant(sem, task)) return 0;
      const begun = task.restart as { readonly until: number } | undefined;
      if (begun === undefined && count(sem) > 0) {
        add(sem, -1);
        return 0;
      }
      const until = begun?.until ?? (timeout === undefined ? Infinity : k.clock.jiffies() + Number(timeout));
      const over = signalInState(task, state) ? EINTR : k.clock.jiffies() >= until ? ETIME : 0;
      if (over !== 0) {
        queue.leave(sem, task);
        return -over;
      }
      k.journal.touch(task).restart = { until };
      queue.join(sem, task);
      return block(`semaphore ${variableName(k, sem)}`, {
        deadline: until === Infinity ? undefined : k.clock.jiffiesToTime(until + 1),
        interruptible: endsWait(state),
      });
    },
    tryDown(sem) {
      if (count(sem) === 0) return false;
      add(sem, -1);
      return true;
    },
    up(sem) {
      const first = queue.first(sem);
      if (first === undefined) add(sem, 1);
      else queue.grant(sem, first);
    },
  };
};
