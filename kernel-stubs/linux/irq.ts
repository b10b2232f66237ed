/** include/linux/irq.h, as kernel/irq/chip.c and pm.c do it. */
import { EINVAL } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
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
export const irqSetIrqWake = stub(
  "int irq_set_irq_wake(unsigned int irq, unsigned int on)",
  { fails: ["EINVAL", "ENXIO"], level: { partial: "the machine never sleeps, so nothing wakes it" } },
  (k, { irq }) => {
    if (k.irqs.line(irq) === undefined) throw new Errno(EINVAL);
    return 0;
  },
);
