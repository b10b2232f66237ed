/** include/asm-generic/bug.h, as kernel/panic.c does it. */
import { LOG_LINE_MAX } from "../../src/kernel/log/log.ts";
import { CUT_HERE } from "../../src/kernel/oops/warn.ts";
import { formatGuest } from "../../src/kernel/printf/guest-format.ts";
import { stub } from "../../src/stub/declare.ts";

const KERN_WARNING = 4;

/** The first half of WARN(condition, format...): its message. */
export const warnPrintk = stub("void __warn_printk(const char *fmt, ...)", (k, { fmt }, call) => {
  k.printk(KERN_WARNING, CUT_HERE);
  k.log.emit({ text: formatGuest(k, fmt, call, LOG_LINE_MAX) });
});
