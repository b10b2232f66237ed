/** What happens when a line fires (kernel/irq/chip.c, handle.c). */
import type { Kernel } from "../kernel.ts";
import type { Routine } from "../routine.ts";
import { showLine } from "./descriptor.ts";
import { type Action, IRQ_RETURN, type Line, actionName } from "./line.ts";
import { IRQ_SITES } from "./sites.ts";
import { noteInterrupt } from "./spurious.ts";
import type { IrqThreads } from "./threads.ts";

const wakeThread = (k: Kernel, line: Line, action: Action, threads: IrqThreads): void => {
  if (action.pid !== 0) return threads.wake(line, action.pid);
  if (action.warned) return;
  k.journal.touch(action).warned = true;
  k.printk(
    4,
    `IRQ ${line.irq} device ${actionName(k, action)} returned IRQ_WAKE_THREAD but no thread function available.`,
  );
};

/** A handler must leave interrupts off. */
const checkInterruptsOff = (k: Kernel, { irq }: Line, action: Action): void => {
  if (k.cpu.irqsDisabled()) return;
  const place = k.symbols.format(action.handler);
  k.traces.warn(IRQ_SITES.enabledInterrupts, {
    message: `irq ${irq} handler ${place} enabled interrupts`,
    once: true,
  });
  k.cpu.setIrqs("off");
};

/** __handle_irq_event_percpu(): all handlers in turn; their answers joined. */
function* callHandlers(k: Kernel, line: Line, threads: IrqThreads): Routine<number> {
  let result: number = IRQ_RETURN.NONE;
  for (const action of line.actions) {
    let answer: number = IRQ_RETURN.WAKE_THREAD;
    if (action.handler !== 0) {
      answer = Number(BigInt.asUintN(32, yield* k.call(action.handler, line.irq, action.device)));
      checkInterruptsOff(k, line, action);
    } else if (typeof action.name === "string")
      answer = action.name === "i8042" ? yield* k.keyboard.serve(line.irq) : IRQ_RETURN.HANDLED;
    if (answer === IRQ_RETURN.WAKE_THREAD) wakeThread(k, line, action, threads);
    result |= answer;
  }
  return result;
}

/** handle_edge_irq(), handle_fasteoi_irq(). */
export function* handleInterrupt(k: Kernel, line: Line, threads: IrqThreads): Routine<void> {
  k.journal.touch(line).requested = false;
  if (line.probing === "waiting") line.probing = "triggered";
  if (line.actions.length === 0 || line.depth > 0 || line.masked) {
    line.pending = true;
    return;
  }
  line.count += 1;
  do {
    k.journal.touch(line);
    line.pending = false;
    line.inProgress = true;
    showLine(k, line);
    const result = yield* callHandlers(k, line, threads);
    line.inProgress = false;
    noteInterrupt(k, line, result);
    showLine(k, line);
  } while (line.pending && line.depth === 0 && !line.masked && line.actions.length > 0);
}
