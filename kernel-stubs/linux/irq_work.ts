/** include/linux/irq_work.h, as kernel/irq_work.c does it. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const IRQ_WORK_CLAIMED = 3;
const IRQ_WORK_BUSY = 2;
const IRQ_WORK_PENDING = 1;
const flagsOf = (k: Kernel, work: Address): { counter: number } => k.struct("irq_work", work).node.a_flags;
export const irqWorkQueue = stub("bool irq_work_queue(struct irq_work *work)", (k, { work }) => {
  const flags = flagsOf(k, work);
  if ((flags.counter & IRQ_WORK_PENDING) !== 0) return false;
  flags.counter |= IRQ_WORK_CLAIMED;
  k.interrupts.raise("irq-work", work);
  return true;
});
export const irqWorkSync = stub(
  "void irq_work_sync(struct irq_work *work)",
  { sleeps: true },
  (k, { work }) =>
    (flagsOf(k, work).counter & IRQ_WORK_BUSY) === 0 ? undefined : { kind: "yield", again: true },
);
