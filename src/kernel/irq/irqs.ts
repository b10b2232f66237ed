import type { Address } from "../../base/address.ts";
import { EBUSY, EINVAL, ENODEV } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { JournalMap } from "../journal.ts";
import type { Kernel } from "../kernel.ts";
import { DEFERRED_CALLERS } from "../oops/callers.ts";
import { type Block, block } from "../routine.ts";
import { irqData, showLine } from "./descriptor.ts";
import { handleInterrupt } from "./flow.ts";
import { type Action, type Line, isLevel, machineLines } from "./line.ts";
import { type IrqRequest, addAction, removeAction } from "./request.ts";
import { IRQ_SITES } from "./sites.ts";
import { createIrqThreads } from "./threads.ts";

/** Interrupt lines of the machine and their handlers (kernel/irq). */
export interface Irqs {
  /** A device pulls the line. False when nobody listens: a masked line goes unnoticed. */
  raise(irq: number): boolean;
  line(irq: number): Line | undefined;
  lines(): readonly Line[];
  addLine(line: Line): void;
  removeLine(irq: number): void;
  /** EINVAL, EBUSY. */
  request(irq: number, request: IrqRequest): void;
  /** Takes the handler off; undefined, with a complaint, for what is not there. */
  remove(irq: number, device: Address): FreedAction | undefined;
  /** Waits until nothing of it runs any more. */
  awaitEnd(freed: FreedAction): Block | undefined;
  enable(irq: number): void;
  disable(irq: number): void;
  /** Waits until no handler of the line runs, nor a thread of one. */
  synchronize(irq: number): Block | undefined;
  setTrigger(irq: number, trigger: number): void;
  /** irq_inject_interrupt(). EINVAL, ENODEV, EBUSY. */
  inject(irq: number): void;
  /** irq_wake_thread() */
  wakeThread(irq: number, device: Address): void;
  /** struct irq_data, 0 for no such line. */
  data(irq: number): Address;
}

/** A handler that was taken off its line. */
export type FreedAction = Pick<Action, "pid" | "name">;

export const createIrqs = (k: Kernel): Irqs => {
  const lines: JournalMap<number, Line> = k.journal.map();
  const state = { serial: 0 };
  for (const line of machineLines()) lines.set(line.irq, line);
  const known = (irq: number): Line => {
    const line = lines.get(irq);
    if (line === undefined) throw new Errno(EINVAL);
    return line;
  };
  const deliver = (line: Line): void => {
    if (line.requested) return;
    k.journal.touch(line).requested = true;
    k.interrupts.raise("irq", line.irq);
  };
  /** Something came while the line could not be served. */
  const replay = (line: Line): void => {
    if (!line.pending) return;
    k.journal.touch(line).pending = false;
    deliver(line);
  };
  const threads = createIrqThreads(k, (irq) => lines.get(irq), replay);
  k.interrupts.handle("irq", {
    context: "hardirq",
    name: "__handle_irq_event_percpu+0x3d/0x190",
    callers: DEFERRED_CALLERS.irq,
    *act(irq) {
      const line = lines.get(irq);
      if (line !== undefined) yield* handleInterrupt(k, line, threads);
    },
  });

  const synchronize = (irq: number): Block | undefined => {
    const line = lines.get(irq);
    if (line === undefined || (line.threadsActive === 0 && !line.inProgress)) return undefined;
    threads.waits.join(irq, k.current);
    return block(`the handlers of interrupt ${irq}`);
  };
  return {
    raise(irq) {
      const line = lines.get(irq);
      if (line === undefined || (line.actions.length === 0 && line.probing === "no")) return false;
      deliver(line);
      return true;
    },
    line: (irq) => lines.get(irq),
    lines: () => [...lines.values()].toSorted((a, b) => a.irq - b.irq),
    addLine: (line) => lines.set(line.irq, line),
    removeLine: (irq) => void lines.delete(irq),
    request(irq, request) {
      const serial = (k.journal.touch(state).serial += 1);
      addAction(k, known(irq), request, serial, threads);
    },
    remove(irq, device) {
      const line = lines.get(irq);
      const action = line === undefined ? undefined : removeAction(k, line, device);
      if (action === undefined) return undefined;
      if (line?.inProgress === true)
        k.stop({ kind: "hang", message: `the handler of interrupt ${irq} waits for itself in free_irq` });
      if (action.pid !== 0) threads.stop(action.pid);
      return { pid: action.pid, name: action.name };
    },
    awaitEnd({ pid }) {
      if (pid === 0 || threads.ended(pid)) return undefined;
      threads.waits.join(-pid, k.current);
      return block("the thread of an interrupt to end");
    },
    enable(irq) {
      const line = lines.get(irq);
      if (line === undefined) return;
      if (line.depth === 0) {
        const via = ["enable_irq+0x4e/0xa0"];
        k.traces.warn(IRQ_SITES.unbalanced, { message: `Unbalanced enable for IRQ ${irq}`, via });
        return;
      }
      k.journal.touch(line).depth -= 1;
      showLine(k, line);
      if (line.depth === 0) replay(line);
    },
    disable(irq) {
      const line = lines.get(irq);
      if (line === undefined) return;
      k.journal.touch(line).depth += 1;
      showLine(k, line);
    },
    synchronize,
    setTrigger(irq, trigger) {
      // The chips of this machine take the type as it comes, and do not remember it.
      k.journal.touch(known(irq)).trigger ??= trigger === 0 ? undefined : 0;
    },
    inject(irq) {
      const line = known(irq);
      if (line.actions.length === 0 || isLevel(line)) throw new Errno(EINVAL);
      if (line.chip === "XT-PIC") throw new Errno(ENODEV);
      if (line.requested) throw new Errno(EBUSY);
      deliver(line);
    },
    wakeThread(irq, device) {
      const line = lines.get(irq);
      const action = line?.actions.find((each) => each.device === device);
      if (line !== undefined && action !== undefined && action.pid !== 0) threads.wake(line, action.pid);
    },
    data(irq) {
      const line = lines.get(irq);
      return line === undefined ? 0 : irqData(k, line);
    },
  };
};
