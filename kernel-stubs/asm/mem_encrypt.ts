/** arch/x86/include/asm/mem_encrypt.h: memory is never encrypted (arch/x86/mm/mem_encrypt.c). */
import { variable } from "../../src/stub/declare.ts";

/** No memory encryption. */
export const smeMeMask = variable("u64 sme_me_mask", (k, { address }) => k.memory.setU64(address, 0n));
