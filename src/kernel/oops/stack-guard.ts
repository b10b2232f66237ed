import { type Address, PAGE_SIZE, alignDown, toAddress, toPattern } from "../../base/address.ts";
import { SIGSEGV } from "./bug.ts";
import { die } from "./die.ts";
import type { OopsHost } from "./host.ts";
import { type Incident, placeText } from "./incident.ts";
import { FLAGS_IF } from "./registers.ts";
import type { OopsState } from "./state.ts";

const KERN_EMERG = 0;
/** Bytes the CPU pushes to deliver a page fault: SS, RSP, RFLAGS, CS, RIP, error code. */
const EXCEPTION_FRAME = 48;

/** A hit of the page below the stack. */
export interface Overflow {
  readonly address: Address;
  /** There was no room left to deliver the fault: it became a double fault. */
  readonly double: boolean;
}

/** Whether an access to `address` is the end of the stack (get_stack_guard_info of arch/x86). */
export const overflowAddress = ({ task, regs }: Incident, address: Address): Overflow | undefined => {
  const { low, high } = task.stack;
  const guard = (at: Address): boolean => at >= low - PAGE_SIZE && at < low;
  const sp = alignDown(toAddress(regs.sp), 16);
  const double = sp - EXCEPTION_FRAME < low && sp > low - PAGE_SIZE && sp < high;
  if (double) {
    // The CPU's own push faults last, at the first word that is not on the stack.
    const push = guard(sp - 8) ? sp - 8 : alignDown(low - 1, 8);
    return guard(address) || guard(push) ? { address: push, double } : undefined;
  }
  return guard(address) ? { address, double } : undefined;
};

/** handle_stack_overflow() of arch/x86/kernel/traps.c. */
export const stackGuardHit = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  overflow: Overflow,
): void => {
  const { low, high } = incident.task.stack;
  const name = incident.task.context === "process" ? "TASK" : "IRQ";
  const at = host.hashed(overflow.address);
  const range = `${host.hashed(low)}..${host.hashed(high)}`;
  host.print(KERN_EMERG, `BUG: ${name} stack guard page was hit at ${at} (stack is ${range})`);
  const message = `kernel stack overflow in ${placeText(host, incident)}`;
  die(host, state, incident, {
    text: "stack guard page",
    errorCode: 0,
    signal: SIGSEGV,
    epilogue: [],
    irqsDisabled: (incident.regs.flags & FLAGS_IF) === 0n,
    nmi: overflow.double,
    trap: 0,
    control: { ...host.control(), cr2: toPattern(overflow.address) },
    finding: { kind: "stack-overflow", message },
  });
};
