/** arch/x86/include/asm/ftrace.h, as arch/x86/kernel/ftrace_64.S does it. */
import { guestCode } from "../../src/stub/declare.ts";

const RET = 0xc3;
/** Function tracing is off: every call site's hook returns at once. */
export const fentry = guestCode("__fentry__", [RET]);
