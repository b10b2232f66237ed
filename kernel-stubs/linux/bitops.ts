/** include/linux/bitops.h, as arch/x86/lib/hweight.S does it: every register but RAX survives. */
import { guestCode } from "../../src/stub/declare.ts";

const RET = 0xc3;

export const swHweight32 = guestCode("__sw_hweight32", [0xf3, 0x0f, 0xb8, 0xc7, RET]); // popcnt %edi,%eax
export const swHweight64 = guestCode("__sw_hweight64", [0xf3, 0x48, 0x0f, 0xb8, 0xc7, RET]); // popcnt %rdi,%rax
