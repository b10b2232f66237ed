/** include/linux/interrupt.h: lines that go with a device, as kernel/irq/devres.c does them. */
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const IRQ = { fails: ["EINVAL", "EBUSY", "ENOMEM"], sleeps: true } as const;
const requestFor = (
  k: Kernel,
  dev: Address,
  irq: number,
  wanted: { handler: Address; threadFn: Address; flags: bigint; name: Address; device: Address },
): void => {
  const name = wanted.name === 0 ? deviceName(k, dev) : wanted.name;
  k.irqs.request(irq, { ...wanted, name, flags: Number(wanted.flags & 0xffff_ffffn) });
  k.driverCore.devres.add(dev, { kind: "own", name: "irq", data: wanted.device, args: [irq] });
};
const deviceName = (k: Kernel, dev: Address): Address => {
  const view = k.struct("device", dev);
  return view.init_name === 0 ? view.kobj.name : view.init_name;
};
export const devmRequestThreadedIrq = stub(
  `int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
      irq_handler_t thread_fn, unsigned long irqflags, const char *devname, void *dev_id)`,
  IRQ,
  (k, { dev, irq, handler, thread_fn, irqflags, devname, dev_id }) => {
    const wanted = { handler, threadFn: thread_fn, flags: irqflags, name: devname, device: dev_id };
    requestFor(k, dev, irq, wanted);
    return 0;
  },
);
export const devmRequestAnyContextIrq = stub(
  `int devm_request_any_context_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
      unsigned long irqflags, const char *devname, void *dev_id)`,
  IRQ,
  (k, { dev, irq, handler, irqflags, devname, dev_id }) => {
    requestFor(k, dev, irq, { handler, threadFn: 0, flags: irqflags, name: devname, device: dev_id });
    return 0;
  },
);
export const devmFreeIrq = stub(
  "void devm_free_irq(struct device *dev, unsigned int irq, void *dev_id)",
  { sleeps: true },
  function* (k, { dev, irq, dev_id }) {
    const entry = k.driverCore.devres.take(
      dev,
      (each) =>
        each.kind === "own" && each.name === "irq" && each.data === dev_id && Number(each.args[0]) === irq,
    );
    if (entry !== undefined) yield* k.driverCore.devres.release([entry]);
  },
);
