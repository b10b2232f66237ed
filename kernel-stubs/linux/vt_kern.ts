/** include/linux/vt_kern.h, as drivers/tty/vt/vt.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const vtNotifiers = kernelChain(
  "register_vt_notifier",
  "unregister_vt_notifier",
  "there are no virtual terminals",
);
