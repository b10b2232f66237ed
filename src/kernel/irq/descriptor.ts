/** The part of struct irq_desc that modules look at, kept as the line is (include/linux/irq.h). */
import type { Address } from "../../base/address.ts";
import { staticText } from "../data/text.ts";
import type { Kernel } from "../kernel.ts";
import { type Line, hardwareIrq, isLevel } from "./line.ts";

const STATE = {
  TRIGGER_SET: 1 << 4,
  ACTIVATED: 1 << 9,
  LEVEL: 1 << 13,
  DISABLED: 1 << 16,
  MASKED: 1 << 17,
  IN_PROGRESS: 1 << 18,
  STARTED: 1 << 22,
} as const;

const stateBits = (line: Line): number => {
  const active = line.actions.length > 0;
  let bits = line.trigger === undefined ? 0 : line.trigger | STATE.TRIGGER_SET;
  if (active) bits |= STATE.ACTIVATED | STATE.STARTED;
  if (isLevel(line)) bits |= STATE.LEVEL;
  if (line.depth > 0) bits |= STATE.DISABLED | STATE.MASKED;
  if (line.masked) bits |= STATE.MASKED;
  if (line.inProgress) bits |= STATE.IN_PROGRESS;
  return bits;
};

/** Writes what has changed to the guest's struct, where there is one. */
export const showLine = (k: Kernel, line: Line): void => {
  if (line.desc === 0) return;
  const view = k.struct("irq_desc", line.desc);
  view.irq_common_data.state_use_accessors = stateBits(line);
  view.depth = line.depth;
};

/** The line's struct irq_data; made when first asked for. */
export const irqData = (k: Kernel, line: Line): Address => {
  if (line.desc === 0) {
    const desc = k.statics.allocate(k.sizeOf("irq_desc"));
    k.journal.touch(line).desc = desc;
    const view = k.struct("irq_desc", desc);
    view.irq_data.irq = line.irq;
    view.irq_data.hwirq = BigInt(hardwareIrq(line));
    view.irq_data.common = desc + k.offsetOf("irq_desc", "irq_common_data");
    view.irq_data.chip = k.statics.allocate(k.sizeOf("irq_chip"));
    k.struct("irq_chip", view.irq_data.chip).name = staticText(k, line.chip);
    showLine(k, line);
  }
  return line.desc + k.offsetOf("irq_desc", "irq_data");
};
