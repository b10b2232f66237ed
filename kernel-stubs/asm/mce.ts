/** arch/x86/include/asm/mce.h, as arch/x86/kernel/cpu/mce/core.c does it. */
import { chainHead, registerBlock } from "../notifier-chain.ts";
import { unregisterNotifier } from "../../src/kernel/notifier.ts";
import { Errno } from "../../src/base/errors.ts";
import { stub } from "../../src/stub/declare.ts";

const CHAIN = "mce_register_decode_chain";
const missing = { partial: "no machine check ever comes" } as const;

export const mceRegisterDecodeChain = stub(
  "void mce_register_decode_chain(struct notifier_block *nb)",
  { sleeps: true, acquires: { notifier: "nb" }, level: missing },
  (k, { nb }) => {
    try {
      registerBlock(k, "blocking", chainHead(k, CHAIN), nb);
    } catch (error) {
      // Nobody is told that it was there before.
      if (!(error instanceof Errno)) throw error;
    }
  },
);
export const mceUnregisterDecodeChain = stub(
  "void mce_unregister_decode_chain(struct notifier_block *nb)",
  { sleeps: true, releases: { notifier: "nb" }, level: missing },
  (k, { nb }) => {
    try {
      unregisterNotifier(k.memory, chainHead(k, CHAIN), nb);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  },
);
