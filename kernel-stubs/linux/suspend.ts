/** include/linux/suspend.h, as kernel/power/main.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const pmNotifiers = kernelChain(
  "register_pm_notifier",
  "unregister_pm_notifier",
  "the machine never sleeps",
);
