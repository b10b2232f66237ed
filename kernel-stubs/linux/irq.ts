/** include/linux/irq.h, as kernel/irq/chip.c does it. */
import { stub } from "../../src/stub/declare.ts";

export const irqSetIrqType = stub(
  "int irq_set_irq_type(unsigned int irq, unsigned int type)",
  { fails: ["EINVAL"] },
  (k, { irq, type }) => {
    k.irqs.setTrigger(irq, type & 0xf);
    return 0;
  },
);
export const irqGetIrqData = stub("struct irq_data *irq_get_irq_data(unsigned int irq)", (k, { irq }) =>
  k.irqs.data(irq),
);
