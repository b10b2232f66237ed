/** Stack dumps of include/linux/printk.h, as lib/dump_stack.c does them. */
import { stub } from "../../src/stub/declare.ts";

const KERN_SOH = "\x01";
const KERN_DEFAULT = 4;

/** "\0013" is 3; KERN_DEFAULT is an empty text. */
const levelOf = (mark: string): number =>
  mark.startsWith(KERN_SOH) && /^[0-7]$/.test(mark.slice(1, 2)) ? Number(mark[1]) : KERN_DEFAULT;

export const dumpStack = stub("void dump_stack(void)", (k) => k.traces.dumpStack());

export const dumpStackLvl = stub("void dump_stack_lvl(const char *log_lvl)", (k, { log_lvl }) =>
  k.traces.dumpStack({ level: levelOf(k.memory.cstring(log_lvl, 8)) }),
);
