/** include/linux/reboot.h, as kernel/reboot.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const rebootNotifiers = kernelChain(
  "register_reboot_notifier",
  "unregister_reboot_notifier",
  "called only when fired from outside",
);
export const restartHandlers = kernelChain(
  "register_restart_handler",
  "unregister_restart_handler",
  "called only when fired from outside",
);
