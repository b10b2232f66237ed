/** include/linux/security.h, as security/security.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const blockingLsmNotifiers = kernelChain(
  "register_blocking_lsm_notifier",
  "unregister_blocking_lsm_notifier",
  "no policy ever changes",
);
