/** Lines whose interrupts nobody handles (kernel/irq/spurious.c). */
import { HZ, TICK_NS } from "../clock.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { hashPointer, symbolText } from "../printf/address.ts";
import { showLine } from "./descriptor.ts";
import { IRQ_RETURN, type Line } from "./line.ts";

const LOOK_EVERY = 100_000;
const STUCK = 99_900;

const BELOW = ["handle_irq_event+0x6b/0x70", ...DEFERRED_CALLERS.irq.slice(2)];

const describeHandlers = (k: Kernel, line: Line, via: readonly string[]): void => {
  k.traces.dumpStack({ via: ["__report_bad_irq+0x35/0xa7", ...via], callers: BELOW });
  k.printk(3, "handlers:");
  for (const { handler, threadFn } of line.actions) {
    const texts = [handler, threadFn]
      .filter((fn) => fn !== 0)
      .map((fn) => {
        const pattern = BigInt.asUintN(64, BigInt(fn));
        const hash = hashPointer(pattern, k.format.hashKey).toString(16).padStart(16, "0");
        return `[<${hash}>] ${symbolText(k.format, pattern)}`;
      });
    k.printk(3, texts.join(" threaded "));
  }
};

/** note_interrupt(). */
export const noteInterrupt = (k: Kernel, line: Line, result: number): void => {
  k.journal.touch(line);
  if (result > (IRQ_RETURN.HANDLED | IRQ_RETURN.WAKE_THREAD)) {
    k.printk(3, `irq event ${line.irq}: bogus return value ${result.toString(16)}`);
    describeHandlers(k, line, []);
    return;
  }
  if (result === IRQ_RETURN.NONE) {
    const now = k.clock.now();
    line.unhandled = now - line.lastUnhandled > (HZ / 10) * TICK_NS ? 1 : line.unhandled + 1;
    line.lastUnhandled = now;
  }
  if (line.unhandled === 0) return;
  line.noted += 1;
  if (line.noted < LOOK_EVERY) return;
  line.noted = 0;
  if (line.unhandled > STUCK) {
    k.printk(3, `irq ${line.irq}: nobody cared (try booting with the "irqpoll" option)`);
    describeHandlers(k, line, ["note_interrupt.cold+0xa/0x62"]);
    k.printk(0, `Disabling IRQ #${line.irq}`);
    line.depth += 1;
    showLine(k, line);
  }
  line.unhandled = 0;
};
