/** Interrupt lines and who listens on them: what struct irq_desc and irqaction hold (kernel/irq/internals.h). */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";

// include/linux/interrupt.h
export const IRQF = {
  TRIGGER_MASK: 0xf,
  SHARED: 0x80,
  PERCPU: 0x400,
  ONESHOT: 0x2000,
  NO_SUSPEND: 0x4000,
  COND_SUSPEND: 0x40000,
  NO_AUTOEN: 0x80000,
} as const;

/** What a handler answers. */
export const IRQ_RETURN = { NONE: 0, HANDLED: 1, WAKE_THREAD: 2 } as const;

/** A handler. Plain data: touch before changing. */
export interface Action {
  readonly serial: number;
  /** 0: only wakes the thread; for a device of the machine's own: never called. */
  readonly handler: Address;
  readonly threadFn: Address;
  readonly flags: number;
  /** The requester's text, read whenever it is shown; for the machine's own devices the text itself. */
  readonly name: Address | ByteString;
  readonly device: Address;
  /** Of the thread, 0 for none. */
  readonly pid: number;
  /** It answered that a thread be woken that it has not, and that has been said. */
  warned: boolean;
}

/** Plain data: touch before changing. */
export interface Line {
  readonly irq: number;
  readonly chip: ByteString;
  readonly flow: "edge" | "fasteoi" | "";
  actions: readonly Action[];
  /** 0: enabled. */
  depth: number;
  /** An interrupt came that could not be served. */
  pending: boolean;
  /** The controller has been told and has not delivered yet. */
  requested: boolean;
  inProgress: boolean;
  /** Of a one-shot level line: no more until the threads are done. */
  masked: boolean;
  /** Threads that were woken and have not finished. */
  threadsActive: number;
  /** IRQ_TYPE_* once someone has settled it. */
  trigger: number | undefined;
  /** Being probed, and nothing has come yet. */
  probing: "no" | "waiting" | "triggered";
  count: number;
  /** For the check that somebody cares. */
  noted: number;
  unhandled: number;
  lastUnhandled: number;
  /** struct irq_desc, 0 while nobody has asked for it. */
  desc: Address;
}

/** Devices of the recorded machine that have their interrupt already. */
const OWNERS: Readonly<Record<number, readonly [name: ByteString, flags: number]>> = {
  0: ["timer", 0x15a00],
  1: ["i8042", IRQF.SHARED],
  3: ["ttyS1", 0],
  4: ["ttyS0", 0],
  8: ["rtc0", 0],
  9: ["acpi", IRQF.SHARED],
  12: ["i8042", IRQF.SHARED],
};
const LEGACY_IRQS = 16;
/** Serves the second controller on a PC without IO-APIC. */
const CASCADE = 2;
const LEVEL = [5, 9, 10, 11];

const ownAction = (irq: number): Action[] => {
  const owner = OWNERS[irq];
  if (owner === undefined) return [];
  const [name, flags] = owner;
  return [{ serial: 0, handler: 0, threadFn: 0, flags, name, device: 0, pid: 0, warned: false }];
};

export const newLine = (
  irq: number,
  chip: ByteString,
  flow: Line["flow"],
  actions: readonly Action[],
): Line => ({
  irq,
  chip,
  flow,
  actions,
  depth: actions.length === 0 ? 1 : 0,
  pending: false,
  requested: false,
  inProgress: false,
  masked: false,
  threadsActive: 0,
  trigger: undefined,
  probing: "no",
  count: 0,
  noted: 0,
  unhandled: 0,
  lastUnhandled: 0,
  desc: 0,
});

/** The lines of a PC with an IO-APIC. */
export const machineLines = (): Line[] =>
  Array.from({ length: LEGACY_IRQS }, (_, irq) =>
    newLine(
      irq,
      irq === CASCADE ? "XT-PIC" : "IO-APIC",
      irq === CASCADE ? "" : LEVEL.includes(irq) ? "fasteoi" : "edge",
      ownAction(irq),
    ),
  );

/** The pin of the controller: the timer's is another one. */
export const hardwareIrq = ({ irq }: Line): number => (irq === 0 ? CASCADE : irq);

export const isLevel = ({ flow, trigger }: Line): boolean =>
  flow === "fasteoi" || (flow === "" && ((trigger ?? 0) & 0xc) !== 0);

export const actionName = (k: Kernel, { name }: Action): ByteString => {
  if (typeof name === "string") return name;
  return name === 0 ? "(null)" : k.memory.cstring(name, 256);
};
