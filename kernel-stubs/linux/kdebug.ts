/** include/linux/kdebug.h, as kernel/notifier.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const dieNotifiers = kernelChain("register_die_notifier", "unregister_die_notifier");
