/** include/linux/rwsem.h, as kernel/locking/rwsem.c does it. */
import { initRwsem as initialise } from "../../src/kernel/locks/initialise.ts";
import { TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE } from "../../src/kernel/sched/signals.ts";
import { stub } from "../../src/stub/declare.ts";
import { lockName, waits } from "./mutex.ts";

export const initRwsem = stub(
  "void __init_rwsem(struct rw_semaphore *sem, const char *name, struct lock_class_key *key)",
  (k, { sem, name }) => {
    k.lockdep.initialised(sem, lockName(k, name));
    initialise(k, sem);
  },
);

export const downRead = stub(
  "void down_read(struct rw_semaphore *sem)",
  { sleeps: true, acquires: { rwsem: "sem" } },
  (k, { sem }) => waits(k.rwsems.read(sem, k.current, TASK_UNINTERRUPTIBLE)),
);
export const downReadInterruptible = stub(
  "int down_read_interruptible(struct rw_semaphore *sem)",
  { sleeps: true, fails: ["EINTR"], acquires: { rwsem: "sem" } },
  (k, { sem }) => k.rwsems.read(sem, k.current, TASK_INTERRUPTIBLE),
);
export const downReadKillable = stub(
  "int down_read_killable(struct rw_semaphore *sem)",
  { sleeps: true, fails: ["EINTR"], acquires: { rwsem: "sem" } },
  (k, { sem }) => k.rwsems.read(sem, k.current, TASK_KILLABLE),
);
export const downReadTrylock = stub(
  "int down_read_trylock(struct rw_semaphore *sem)",
  { fails: ["ZERO"], acquires: { rwsem: "sem" } },
  (k, { sem }) => (k.rwsems.tryRead(sem) ? 1 : 0),
);
export const downWrite = stub(
  "void down_write(struct rw_semaphore *sem)",
  { sleeps: true, acquires: { rwsem: "sem" } },
  (k, { sem }) => waits(k.rwsems.write(sem, k.current, TASK_UNINTERRUPTIBLE)),
);
export const downWriteKillable = stub(
  "int down_write_killable(struct rw_semaphore *sem)",
  { sleeps: true, fails: ["EINTR"], acquires: { rwsem: "sem" } },
  (k, { sem }) => k.rwsems.write(sem, k.current, TASK_KILLABLE),
);
export const downWriteTrylock = stub(
  "int down_write_trylock(struct rw_semaphore *sem)",
  { fails: ["ZERO"], acquires: { rwsem: "sem" } },
  (k, { sem }) => (k.rwsems.tryWrite(sem, k.current) ? 1 : 0),
);
export const upRead = stub(
  "void up_read(struct rw_semaphore *sem)",
  { releases: { rwsem: "sem" } },
  (k, { sem }) => k.rwsems.upRead(sem),
);
export const upWrite = stub(
  "void up_write(struct rw_semaphore *sem)",
  { releases: { rwsem: "sem" } },
  (k, { sem }) => k.rwsems.upWrite(sem),
);
export const downgradeWrite = stub("void downgrade_write(struct rw_semaphore *sem)", (k, { sem }) =>
  k.rwsems.downgrade(sem),
);
