/** Handlers come and go (kernel/irq/manage.c). */
import type { Address } from "../../base/address.ts";
import { EBUSY, EINVAL } from "../../base/errno.ts";
import { Errno } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import { showLine } from "./descriptor.ts";
import { type Action, IRQF, type Line, actionName } from "./line.ts";
import { IRQ_SITES } from "./sites.ts";
import type { IrqThreads } from "./threads.ts";

export interface IrqRequest {
  readonly handler: Address;
  readonly threadFn: Address;
  readonly flags: number;
  readonly name: Address;
  readonly device: Address;
}

/** What request_threaded_irq() refuses at once. */
export const checkRequest = ({ handler, threadFn, flags, device }: IrqRequest): void => {
  const has = (bit: number): boolean => (flags & bit) !== 0;
  if (
    (has(IRQF.SHARED) && (device === 0 || has(IRQF.NO_AUTOEN))) ||
    (!has(IRQF.SHARED) && has(IRQF.COND_SUSPEND)) ||
    (has(IRQF.NO_SUSPEND) && has(IRQF.COND_SUSPEND)) ||
    (handler === 0 && threadFn === 0)
  )
    throw new Errno(EINVAL);
};

const hex8 = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

/** Whoever shares a line must agree on how. */
const checkSharing = (k: Kernel, line: Line, flags: number, name: string): void => {
  const [old] = line.actions;
  if (old === undefined) return;
  const trigger = line.trigger ?? flags & IRQF.TRIGGER_MASK;
  k.journal.touch(line).trigger = trigger;
  const differ = old.flags ^ flags;
  if (
    (old.flags & flags & IRQF.SHARED) !== 0 &&
    trigger === (flags & IRQF.TRIGGER_MASK) &&
    (differ & (IRQF.ONESHOT | IRQF.PERCPU)) === 0
  )
    return;
  k.printk(
    3,
    `genirq: Flags mismatch irq ${line.irq}. ${hex8(flags)} (${name}) vs. ${hex8(old.flags)} (${actionName(k, old)})`,
  );
  throw new Errno(EBUSY);
};

/** __setup_irq(). EBUSY, EINVAL. */
export const addAction = (
  k: Kernel,
  line: Line,
  request: IrqRequest,
  serial: number,
  threads: IrqThreads,
): void => {
  checkRequest(request);
  const wanted = request.flags & IRQF.TRIGGER_MASK;
  const flags = wanted === 0 ? request.flags | (line.trigger ?? 0) : request.flags;
  const { handler, threadFn, name, device } = request;
  const text = name === 0 ? "(null)" : k.memory.cstring(name, 256);
  checkSharing(k, line, flags, text);
  if (handler === 0 && (flags & IRQF.ONESHOT) === 0) {
    k.printk(
      3,
      `genirq: Threaded irq requested with handler=NULL and !ONESHOT for ${text} (irq ${line.irq})`,
    );
    throw new Errno(EINVAL);
  }
  const pid = threadFn === 0 ? 0 : threads.create(line, text, { threadFn, device, flags });
  const action: Action = { serial, handler, threadFn, flags, name, device, pid, warned: false };
  k.journal.touch(line);
  if (line.actions.length === 0) line.depth = (flags & IRQF.NO_AUTOEN) === 0 ? 0 : 1;
  line.actions = [...line.actions, action];
  line.noted = 0;
  line.unhandled = 0;
  showLine(k, line);
};

/** The first half of __free_irq(): from now on it is not called. Undefined, with a warning, for what is not there. */
export const removeAction = (k: Kernel, line: Line, device: Address): Action | undefined => {
  const { irq } = line;
  if (k.interrupts.context() !== "process")
    k.traces.warn(IRQ_SITES.freeInInterrupt, { message: `Trying to free IRQ ${irq} from IRQ context!` });
  const action = line.actions.find((each) => each.device === device && typeof each.name !== "string");
  if (action === undefined) {
    k.traces.warn(IRQ_SITES.freeTwice, { message: `Trying to free already-free IRQ ${irq}` });
    return undefined;
  }
  k.journal.touch(line).actions = line.actions.filter((each) => each !== action);
  if (line.actions.length === 0) {
    line.depth = 1;
    line.pending = false;
    line.masked = false;
  }
  showLine(k, line);
  return action;
};
