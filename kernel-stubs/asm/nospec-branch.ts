/** arch/x86/include/asm/nospec-branch.h: thunks are guest code, never a trap (arch/x86/lib/retpoline.S). */
import { guestCode } from "../../src/stub/declare.ts";

const RET = 0xc3;

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

/** Speculation barriers: there is nothing to hide from. */
export const clearBhbLoop = guestCode("clear_bhb_loop", [RET]);
export const entryIbpb = guestCode("entry_ibpb", [RET]);
