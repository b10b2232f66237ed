/** include/linux/pvclock_gtod.h (kernel/time/timekeeping.c). */
import { kernelChain } from "../notifier-chain.ts";

export const pvclockGtodNotifiers = kernelChain(
  "pvclock_gtod_register_notifier",
  "pvclock_gtod_unregister_notifier",
  "nobody is told of the time",
);
