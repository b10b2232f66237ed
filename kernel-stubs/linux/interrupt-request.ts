/** include/linux/interrupt.h: handlers of interrupts, as kernel/irq/manage.c and pm.c do them. */
import { EINVAL, ENOTCONN } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { FreedAction } from "../../src/kernel/irq/irqs.ts";
import { stub } from "../../src/stub/declare.ts";

/** IRQ_NOTCONNECTED */
const NOT_CONNECTED = 0x8000_0000;
/** IRQC_IS_HARDIRQ */
const IN_HARDIRQ = 0;

export const requestThreadedIrq = stub(
  `int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
      unsigned long irqflags, const char *devname, void *dev_id)`,
  { fails: ["EINVAL", "EBUSY", "ENOMEM", "ENOTCONN"], sleeps: true, acquires: { irq: "irq" } },
  (k, { irq, handler, thread_fn, irqflags, devname, dev_id }) => {
    if (irq === NOT_CONNECTED) throw new Errno(ENOTCONN);
    const flags = Number(irqflags & 0xffff_ffffn);
    k.irqs.request(irq, { handler, threadFn: thread_fn, flags, name: devname, device: dev_id });
    return 0;
  },
);
export const requestAnyContextIrq = stub(
  `int request_any_context_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
      const char *name, void *dev_id)`,
  { fails: ["EINVAL", "EBUSY", "ENOMEM", "ENOTCONN"], sleeps: true, acquires: { irq: "irq" } },
  (k, { irq, handler, flags, name, dev_id }) => {
    if (irq === NOT_CONNECTED) throw new Errno(ENOTCONN);
    k.irqs.request(irq, { handler, threadFn: 0, flags: Number(flags & 0xffff_ffffn), name, device: dev_id });
    return IN_HARDIRQ;
  },
);
export const freeIrq = stub(
  "const void *free_irq(unsigned int irq, void *dev_id)",
  { sleeps: true, releases: { irq: "irq" } },
  (k, { irq, dev_id }) => {
    const freed = (k.current.restart as FreedAction | undefined) ?? k.irqs.remove(irq, dev_id);
    if (freed === undefined) return 0;
    const wait = k.irqs.awaitEnd(freed);
    if (wait !== undefined) k.journal.touch(k.current).restart = freed;
    return wait ?? (typeof freed.name === "string" ? 0 : freed.name);
  },
);
export const enableIrq = stub("void enable_irq(unsigned int irq)", (k, { irq }) => k.irqs.enable(irq));
export const disableIrqNosync = stub("void disable_irq_nosync(unsigned int irq)", (k, { irq }) =>
  k.irqs.disable(irq),
);
export const disableIrq = stub("void disable_irq(unsigned int irq)", { sleeps: true }, (k, { irq }) => {
  const { restart } = k.current;
  if (restart === undefined) k.irqs.disable(irq);
  const wait = k.irqs.synchronize(irq);
  if (wait !== undefined) k.journal.touch(k.current).restart = irq;
  return wait;
});
export const disableHardirq = stub("bool disable_hardirq(unsigned int irq)", (k, { irq }) => {
  k.irqs.disable(irq);
  return (k.irqs.line(irq)?.threadsActive ?? 0) === 0;
});
export const irqWakeThread = stub("void irq_wake_thread(unsigned int irq, void *dev_id)", (k, args) =>
  k.irqs.wakeThread(args.irq, args.dev_id),
);
export const irqInjectInterrupt = stub(
  "int irq_inject_interrupt(unsigned int irq)",
  { fails: ["EINVAL"] },
  (k, { irq }) => {
    k.irqs.inject(irq);
    return 0;
  },
);

export const irqHasAction = stub(
  "bool irq_has_action(unsigned int irq)",
  (k, { irq }) => (k.irqs.line(irq)?.actions.length ?? 0) > 0,
);

const AFFINITY = { partial: "there is one CPU, and nothing to choose" };
export const irqSetAffinity = stub(
  "int irq_set_affinity(unsigned int irq, const struct cpumask *cpumask)",
  { fails: ["EINVAL"], level: AFFINITY },
  (k, { irq }) => {
    if (k.irqs.line(irq) === undefined) throw new Errno(EINVAL);
    return 0;
  },
);
export const irqApplyAffinityHint = stub(
  "int __irq_apply_affinity_hint(unsigned int irq, const struct cpumask *m, bool setaffinity)",
  { fails: ["EINVAL"], level: AFFINITY },
  (k, { irq }) => {
    if (k.irqs.line(irq) === undefined) throw new Errno(EINVAL);
    return 0;
  },
);

export const irqSetIrqWake = stub(
  "int irq_set_irq_wake(unsigned int irq, unsigned int on)",
  { fails: ["EINVAL", "ENXIO"], level: { partial: "the machine never sleeps, so nothing wakes it" } },
  (k, { irq }) => {
    if (k.irqs.line(irq) === undefined) throw new Errno(EINVAL);
    return 0;
  },
);
