/** include/linux/oom.h, as mm/oom_kill.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const oomNotifiers = kernelChain(
  "register_oom_notifier",
  "unregister_oom_notifier",
  "memory that runs out is not announced",
);
