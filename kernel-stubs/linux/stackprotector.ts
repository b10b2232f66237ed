/** CONFIG_STACKPROTECTOR: how an overflow that was found ends. */
import { returnText } from "../../src/kernel/oops/symbol-text.ts";
import { stub } from "../../src/stub/declare.ts";
import { panicWith } from "../reports.ts";

/** kernel/panic.c: the canary of the caller's frame has changed. */
export const stackChkFail = stub("void __stack_chk_fail(void)", (k, _args, call) => {
  const caller = returnText(k.symbols, k.memory.pointer(call.stack));
  panicWith(k, `stack-protector: Kernel stack is corrupted in: ${caller}`, ["__stack_chk_fail+0x10/0x10"]);
});
