/** What mutex_init() and init_rwsem() leave in memory, for the kernel's own and for modules'. */
import type { Address } from "../../base/address.ts";
import { initList } from "../data/guest-list.ts";
import type { Kernel } from "../kernel.ts";

const initLock =
  (struct: "mutex" | "rw_semaphore") =>
  (k: Kernel, lock: Address): void => {
    k.memory.fill(lock, 0, k.sizeOf(struct));
    initList(k.memory, lock + k.offsetOf(struct, "wait_list"));
  };
export const initMutex = initLock("mutex");
export const initRwsem = initLock("rw_semaphore");
