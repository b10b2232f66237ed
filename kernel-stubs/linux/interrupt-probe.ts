/** include/linux/interrupt.h: which line a device uses, as kernel/irq/autoprobe.c finds out. */
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Line } from "../../src/kernel/irq/line.ts";
import { block } from "../../src/kernel/routine.ts";
import { stub } from "../../src/stub/declare.ts";

/** How long it waits for interrupts that were there before. */
const QUIET_NS = 120_000_000;

const probed = (k: Kernel): Line[] => k.irqs.lines().filter(({ probing }) => probing !== "no");
const finish = (k: Kernel): Line[] => {
  const triggered = probed(k).filter(({ probing }) => probing === "triggered");
  for (const line of probed(k)) k.journal.touch(line).probing = "no";
  return triggered;
};

export const probeIrqOn = stub("unsigned long probe_irq_on(void)", { sleeps: true }, (k) => {
  const until = k.current.restart as number | undefined;
  if (until === undefined) {
    for (const line of k.irqs.lines()) {
      if (line.actions.length === 0 && line.flow !== "") k.journal.touch(line).probing = "waiting";
    }
  }
  const deadline = until ?? k.clock.now() + QUIET_NS;
  if (k.clock.now() < deadline) {
    k.journal.touch(k.current).restart = deadline;
    return block("interrupts to be quiet", { deadline });
  }
  let mask = 0n;
  for (const line of probed(k)) {
    if (line.probing === "triggered") k.journal.touch(line).probing = "no";
    else if (line.irq < 32) mask |= 1n << BigInt(line.irq);
  }
  return mask;
});
export const probeIrqOff = stub("int probe_irq_off(unsigned long val)", (k) => {
  const triggered = finish(k);
  const irq = triggered[0]?.irq ?? 0;
  return triggered.length > 1 ? -irq : irq;
});
export const probeIrqMask = stub("unsigned int probe_irq_mask(unsigned long val)", (k, { val }) => {
  let mask = 0;
  for (const { irq } of finish(k)) if (irq < 16) mask |= 1 << irq;
  return mask & Number(val & 0xffffn);
});
