import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";

const CLAIMED = 3;
const PENDING = 1;

/** Runs irq_work in hardirq context (irq_work_single of kernel/irq_work.c). */
export const handleIrqWork = (k: Kernel): void => {
  k.interrupts.handle("irq-work", {
    context: "hardirq",
    name: "irq_work_single+0x2c/0x40",
    callers: DEFERRED_CALLERS.irqWork,
    *act(work) {
      const view = k.struct("irq_work", work);
      const flags = view.node.a_flags;
      flags.counter &= ~PENDING;
      yield* k.call(view.func, work);
      // Queued again meanwhile: it stays busy.
      if ((flags.counter & PENDING) === 0) flags.counter &= ~CLAIMED;
    },
  });
};
