/** Members of structures by address, and locks, for code that plays the VFS. */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";
import { type Routine, isBlock } from "../routine.ts";
import { TASK_UNINTERRUPTIBLE } from "../sched/signals.ts";

/** Address of a member. */
export const at = (k: Kernel, struct: string, base: Address, field: string): Address =>
  base + k.offsetOf(struct, field);

/** Sets a member that is a pointer. */
export const point = (k: Kernel, struct: string, base: Address, field: string, value: Address): void =>
  k.memory.setPointer(base + k.offsetOf(struct, field), value);

export const initRwsem = (k: Kernel, sem: Address): void => {
  k.memory.fill(sem, 0, k.sizeOf("rw_semaphore"));
  initList(k.memory, at(k, "rw_semaphore", sem, "wait_list"));
};
export const initMutex = (k: Kernel, mutex: Address): void => {
  k.memory.fill(mutex, 0, k.sizeOf("mutex"));
  initList(k.memory, at(k, "mutex", mutex, "wait_list"));
};

/** down_write() */
export function* lockForWriting(k: Kernel, sem: Address): Routine<void> {
  for (;;) {
    const answer = k.rwsems.write(sem, k.current, TASK_UNINTERRUPTIBLE);
    if (!isBlock(answer)) return;
    yield answer;
  }
}

/** An int that the guest returned. */
export const asInt = (rax: bigint): number => Number(BigInt.asIntN(32, rax));
