/** CONFIG_STACKPROTECTOR and CONFIG_FORTIFY_SOURCE: how an overflow that was found ends. */
import { returnText } from "../../src/kernel/oops/symbol-text.ts";
import { stub } from "../../src/stub/declare.ts";
import { bugAt, panicWith } from "../reports.ts";

/** kernel/panic.c: the canary of the caller's frame has changed. */
export const stackChkFail = stub("void __stack_chk_fail(void)", (k, _args, call) => {
  const caller = returnText(k.symbols, k.memory.pointer(call.stack));
  panicWith(k, `stack-protector: Kernel stack is corrupted in: ${caller}`, ["__stack_chk_fail+0x10/0x10"]);
});

const KERN_EMERG = 0;

/** lib/string_helpers.c */
export const fortifyPanic = stub("void fortify_panic(const char *name)", (k, { name }) => {
  k.printk(KERN_EMERG, `detected buffer overflow in ${k.memory.cstring(name)}`);
  bugAt(k, "fortify_panic:1027");
});

/** Declared with a compile-time warning; at run time they do nothing. */
export const writeOverflowField = stub("void __write_overflow_field(size_t avail, size_t wanted)", () => {});
export const readOverflow2Field = stub("void __read_overflow2_field(size_t avail, size_t wanted)", () => {});
