/** include/linux/percpu-rwsem.h, as kernel/locking/percpu-rwsem.c does it. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import { initList } from "../../src/kernel/data/guest-list.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";
import { lockName } from "./mutex.ts";

/** Readers take the slow path while this is not 0: a writer is there. */
const GP_PASSED = 2;

const readers = (k: Kernel, sem: Address): Address =>
  k.percpu.address(k.struct("percpu_rw_semaphore", sem).read_count);
const addReader = (k: Kernel, sem: Address, by: number): void =>
  k.memory.setU32(readers(k, sem), (k.memory.u32(readers(k, sem)) + by) >>> 0);
const isBlocked = (k: Kernel, sem: Address): boolean =>
  k.struct("percpu_rw_semaphore", sem).block.counter !== 0;

export const percpuInitRwsem = stub(
  `int __percpu_init_rwsem(struct percpu_rw_semaphore *sem, const char *name,
      struct lock_class_key *key)`,
  { fails: ["ENOMEM"], acquires: { percpu_rwsem_object: "sem" } },
  (k, { sem, name }) => {
    k.lockdep.initialised(sem, lockName(k, name));
    k.memory.fill(sem, 0, k.sizeOf("percpu_rw_semaphore"));
    const view = k.struct("percpu_rw_semaphore", sem);
    view.read_count = k.percpu.alloc(4, 4, GFP_KERNEL) as never;
    if (view.read_count === 0) throw new Errno(ENOMEM);
    initList(k.memory, view.waiters.$address + k.offsetOf("wait_queue_head", "head"));
    initList(k.memory, view.rss.gp_wait.$address + k.offsetOf("wait_queue_head", "head"));
    return 0;
  },
);
export const percpuFreeRwsem = stub(
  "void percpu_free_rwsem(struct percpu_rw_semaphore *sem)",
  { releases: { percpu_rwsem_object: "sem" } },
  (k, { sem }) => {
    const view = k.struct("percpu_rw_semaphore", sem);
    if (view.read_count !== 0) k.percpu.free(view.read_count);
    view.read_count = 0 as never;
  },
);
/** Called with preemption off while a writer is there or was just now: it is on again while it waits. */
export const percpuDownRead = stub(
  "bool __percpu_down_read(struct percpu_rw_semaphore *sem, bool try)",
  (k, { sem, try: only }) => {
    const begun = k.current.restart === "waited";
    const preemption = (by: number): void => k.cpu.addPreemptCount(by);
    if (!isBlocked(k, sem)) {
      addReader(k, sem, 1);
      if (begun) preemption(1);
      return true;
    }
    if (only) return false;
    if (!begun) preemption(-1);
    k.journal.touch(k.current).restart = "waited";
    k.waits.join(sem, k.current);
    return block(k.lockdep.name(sem, "percpu_rwsem"));
  },
);
export const percpuDownWrite = stub(
  "void percpu_down_write(struct percpu_rw_semaphore *sem)",
  { sleeps: true },
  (k, { sem }) => {
    const view = k.struct("percpu_rw_semaphore", sem);
    const mine = k.current.restart === "blocking";
    k.lockdep.wanted(sem, "percpu_rwsem");
    if (!mine && isBlocked(k, sem)) {
      k.waits.join(sem, k.current);
      return block(k.lockdep.describe(sem, "percpu_rwsem"));
    }
    view.rss.gp_state = GP_PASSED;
    view.block.counter = 1;
    if (k.memory.u32(readers(k, sem)) === 0) {
      k.lockdep.taken(sem, "percpu_rwsem");
      return undefined;
    }
    // The last reader wakes the writer (rcuwait_wake_up of percpu_up_read).
    view.writer.task = k.current.taskStruct as never;
    k.journal.touch(k.current).restart = "blocking";
    return block(`readers of ${k.lockdep.name(sem, "percpu_rwsem")}`);
  },
);
export const percpuUpWrite = stub("void percpu_up_write(struct percpu_rw_semaphore *sem)", (k, { sem }) => {
  const view = k.struct("percpu_rw_semaphore", sem);
  k.lockdep.released(sem, "percpu_rwsem");
  view.block.counter = 0;
  view.rss.gp_state = 0;
  k.waits.wakeAll(sem);
});
export const percpuIsReadLocked = stub(
  "bool percpu_is_read_locked(struct percpu_rw_semaphore *sem)",
  (k, { sem }) => k.memory.u32(readers(k, sem)) !== 0 && !isBlocked(k, sem),
);
