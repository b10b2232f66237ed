/** include/linux/hardirq.h, as kernel/irq/manage.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const synchronizeIrq = stub("void synchronize_irq(unsigned int irq)", { sleeps: true }, (k, { irq }) =>
  k.irqs.synchronize(irq),
);
/** One CPU: whoever calls it is not in the handler. */
export const synchronizeHardirq = stub(
  "bool synchronize_hardirq(unsigned int irq)",
  (k, { irq }) => (k.irqs.line(irq)?.threadsActive ?? 0) === 0,
);
