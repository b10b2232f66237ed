/** arch/x86/include/asm/mce.h (arch/x86/kernel/cpu/mce/core.c). */
import { kernelChain } from "../notifier-chain.ts";

export const mceDecoders = kernelChain(
  "void mce_register_decode_chain",
  "void mce_unregister_decode_chain",
  "no machine check ever comes",
);
