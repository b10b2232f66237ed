/** Entry, return and indirect-branch thunks: guest code, never a trap (arch/x86/lib/retpoline.S). */
import { guestCode } from "../../src/stub/declare.ts";

const RET = 0xc3;

/** Function tracing is off: every call site's hook returns at once. */
export const fentry = guestCode("__fentry__", [RET]);
export const returnThunk = guestCode("__x86_return_thunk", [RET]);
export const itsReturnThunk = guestCode("its_return_thunk", [RET]);

const REGISTERS = [
  "rax",
  "rcx",
  "rdx",
  "rbx",
  "rsp",
  "rbp",
  "rsi",
  "rdi",
  "r8",
  "r9",
  "r10",
  "r11",
  "r12",
  "r13",
  "r14",
  "r15",
];

/** `jmp *%reg` */
export const indirectThunks = REGISTERS.map((register, index) =>
  guestCode(
    `__x86_indirect_thunk_${register}`,
    index < 8 ? [0xff, 0xe0 | index] : [0x41, 0xff, 0xe0 | (index - 8)],
  ),
);

/** arch/x86/lib/hweight.S: every register but RAX survives. */
export const swHweight32 = guestCode("__sw_hweight32", [0xf3, 0x0f, 0xb8, 0xc7, RET]); // popcnt %edi,%eax
export const swHweight64 = guestCode("__sw_hweight64", [0xf3, 0x48, 0x0f, 0xb8, 0xc7, RET]); // popcnt %rdi,%rax

/** Speculation barriers: there is nothing to hide from. */
export const clearBhbLoop = guestCode("clear_bhb_loop", [RET]);
export const entryIbpb = guestCode("entry_ibpb", [RET]);
