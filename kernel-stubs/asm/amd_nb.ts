/** arch/x86/include/asm/amd_nb.h (arch/x86/kernel/amd_nb.c): the machine has no northbridge of that make. */
import { stub } from "../../src/stub/declare.ts";

export const amdNbNum = stub("u16 amd_nb_num(void)", () => 0);
