import { RIP } from "../../abi/calls.ts";
import { toAddress } from "../../base/address.ts";
import { GuestFault } from "../../base/errors.ts";
import type { Kernel } from "../kernel.ts";
import type { Limits } from "../limits.ts";

/** What the guest has done too much of; "circle": nothing changes from turn to turn, whatever the limits. */
export type UsedUp = "calls" | "instructions" | "circle";

/** watchdog_thresh is 10 seconds; the watchdog complains after twice that (kernel/watchdog.c). */
const WATCHDOG_NS = 20_000_000_000;

/** The innermost function of a module that the running task is in, or where it stands. */
const placeOf = (k: Kernel): string => {
  const task = k.executor.current();
  const here = k.symbols.format(toAddress(k.executor.registers[RIP] ?? 0n));
  try {
    const stack = task === undefined ? [] : k.traces.standing(task);
    return stack.find((entry) => entry.endsWith("]")) ?? here;
  } catch (error) {
    // The guest may have spoilt its stack.
    if (error instanceof GuestFault) return here;
    throw error;
  }
};

const messages = (limits: Limits): Readonly<Record<UsedUp, (place: string) => string>> => ({
  calls: (place) =>
    `${limits.calls} calls of kernel functions, as many as one step may make, are used up in ${place}`,
  instructions: (place) =>
    `${limits.instructions} instructions without a call of a kernel function, as many as may come at a time, are used up in ${place}`,
  circle: (place) => `endless loop in ${place}: nothing changes from turn to turn`,
});

/**
 * Ends the run. `stuck`: virtual nanoseconds since another task could have had the CPU; where that is
 * long, the kernel's watchdog has its say, if interrupts are on for it to come.
 */
export const endUsedUp = (k: Kernel, limits: Limits, what: UsedUp, stuck: number): void => {
  const task = k.executor.current();
  const watched = !k.cpu.irqsDisabled() && k.interrupts.context() !== "hardirq";
  if (task !== undefined && stuck > WATCHDOG_NS && watched) k.traces.softLockup(task);
  const message = messages(limits)[what](placeOf(k));
  k.stop({ kind: "hang", message, ...(what === "circle" ? {} : { limit: what }) });
};
