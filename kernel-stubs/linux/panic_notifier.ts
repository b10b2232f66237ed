/** include/linux/panic_notifier.h, as kernel/panic.c does it. */
import { variable } from "../../src/stub/declare.ts";
import { NOTIFIER_HEAD } from "./panic.ts";

export const panicNotifierList = variable(
  "struct atomic_notifier_head panic_notifier_list",
  (k, { address }) => k.memory.fill(address, 0, NOTIFIER_HEAD + 8),
);
