/** The RTNL (net/core/rtnetlink.c), which orders all changes of network devices. */
import type { Address } from "../../base/address.ts";
import { imageVariable } from "../image-variable.ts";
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";

/** rtnl_mutex, which no module names. */
export const rtnlMutex = (k: Kernel): Address => imageVariable(k, "rtnl_mutex", k.sizeOf("mutex"));

/** Acts with the RTNL held, and does what is left to do when it is given back; where another task has it, without waiting for that. */
export const withRtnl = function* (k: Kernel, act: Routine<void>): Routine<void> {
  const taken = k.mutexes.tryAcquire(rtnlMutex(k), k.current);
  try {
    yield* act;
  } finally {
    if (taken) k.mutexes.release(rtnlMutex(k));
  }
  if (taken && k.net.devices.hasTodo()) yield* k.net.devices.runTodo();
};
