/** include/linux/keyboard.h, as drivers/tty/vt/keyboard.c does it. */
import { kernelChain } from "../notifier-chain.ts";

export const keyboardNotifiers = kernelChain("register_keyboard_notifier", "unregister_keyboard_notifier");
