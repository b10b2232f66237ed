/** include/linux/memory.h (drivers/base/memory.c). */
import { kernelChain } from "../notifier-chain.ts";

export const memoryNotifiers = kernelChain(
  "register_memory_notifier",
  "void unregister_memory_notifier",
  "memory neither comes nor goes",
);
