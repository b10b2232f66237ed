/** include/linux/fortify-string.h, as lib/string_helpers.c does it. */
import { stub } from "../../src/stub/declare.ts";
import { bugAt } from "../reports.ts";

const KERN_EMERG = 0;

/** lib/string_helpers.c */
export const fortifyPanic = stub("void fortify_panic(const char *name)", (k, { name }) => {
  k.printk(KERN_EMERG, `detected buffer overflow in ${k.memory.cstring(name)}`);
  bugAt(k, "fortify_panic:1027");
});

/** Declared with a compile-time warning; at run time they do nothing. */
export const writeOverflowField = stub("void __write_overflow_field(size_t avail, size_t wanted)", () => {});
export const readOverflow2Field = stub("void __read_overflow2_field(size_t avail, size_t wanted)", () => {});
