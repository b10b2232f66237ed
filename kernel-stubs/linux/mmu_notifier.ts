/** include/linux/mmu_notifier.h, as mm/mmu_notifier.c does it. */
import { stub } from "../../src/stub/declare.ts";

/** The end of an SRCU grace period that only mmu notifiers take part in, of which there are none. */
export const mmuNotifierSynchronize = stub("void mmu_notifier_synchronize(void)", { sleeps: true }, (k) =>
  k.rcu.synchronize(k.current, "mmu_notifier_synchronize"),
);
