import type { ByteString } from "../../base/bytes.ts";
import type { OopsHost } from "./host.ts";
import { type Incident, placeText } from "./incident.ts";
import { panic } from "./panic.ts";
import type { ControlRegisters } from "./registers.ts";
import { findingStack } from "./show-trace.ts";
import { KERN_DEFAULT, currentName, printModules, showRegs, showSummary } from "./show-regs.ts";
import { inInterrupt } from "../task.ts";
import type { OopsState } from "./state.ts";
import { TAINT } from "./taint.ts";

const KERN_INFO = 6;
/** The counts of softirq, hardirq and NMI in preempt_count (include/linux/preempt.h). */
const INTERRUPT_MASK = 0xff_ff00;
/** include/linux/kdebug.h: arch/x86's enum die_val. */
const DIE_OOPS = 1;
const SIGSEGV = 11;
/** kernel.oops_limit */
const OOPS_LIMIT = 10_000;
const PREEMPT_NEED_RESCHED = 0x8000_0000;

export interface Death {
  /** "Oops", "general protection fault, ...", "divide error". */
  readonly text: ByteString;
  readonly errorCode: number;
  /** Signal that the task's parent sees: SIGKILL for page faults, SIGSEGV for all else. */
  readonly signal: number;
  /** Lines between the module list and the end marker: "CR2: ...". */
  readonly epilogue: readonly ByteString[];
  /** Interrupts were still off when the task was killed: the handler never turned them on. */
  readonly irqsDisabled: boolean;
  /** The exception ran as an NMI does (#BP, #DF): whatever it hits, it cannot be survived. */
  readonly nmi: boolean;
  readonly control: ControlRegisters;
  /** Vector that thread.trap_nr holds: 0 for page faults, whose handler does not set it. */
  readonly trap: number;
  readonly finding: { readonly kind: string; readonly message: ByteString };
}

/**
 * Prints an oops from its header on and kills the task, or panics (die() and oops_end() of
 * arch/x86/kernel/dumpstack.c, make_task_dead() of kernel/exit.c). "resume": a block of the die chain
 * has said that all is well.
 */
export const die = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  death: Death,
): "resume" | "kill" => {
  const { regs, site } = incident;
  host.taints.debugLocksOff();
  host.journal.touch(state).dies += 1;
  state.summary ??= { regs, place: placeText(host, incident), site };
  const { kind, message } = death.finding;
  const stack = findingStack(host, incident);
  host.finding({ kind, severity: "error", message, where: stack[0], stack });

  const code = (death.errorCode & 0xffff).toString(16).padStart(4, "0");
  host.print(KERN_DEFAULT, `${death.text}: ${code} [#${state.dies}] PREEMPT SMP NOPTI`);
  const control = showRegs(host, incident, death.control);
  printModules(host);
  const { text, errorCode, trap } = death;
  const note = { event: DIE_OOPS, text, errorCode, trap, signal: SIGSEGV };
  const heard = host.notifyDie(regs, note);
  for (const line of death.epilogue) host.print(KERN_DEFAULT, line);
  host.taints.add(TAINT.DIE, "now-unreliable");
  host.print(KERN_DEFAULT, "---[ end trace 0000000000000000 ]---");
  showSummary(host, state.summary, control);

  if (heard === "stop" && incident.standing === "guest") return resume(host, state);
  const interrupt = inInterrupt(incident.task) || (host.preemptCount() & INTERRUPT_MASK) !== 0;
  if (death.nmi || interrupt) panic(host, state, "Fatal exception in interrupt");
  else if (host.current() === undefined) panic(host, state, "Attempted to kill the idle task!");
  else exitNotes(host, incident, death);
  if (state.dies >= OOPS_LIMIT) panic(host, state, `Oopsed too often (kernel.oops_limit is ${OOPS_LIMIT})`);
  return "kill";
};

/** The instruction is tried again, and may fault for ever. */
const resume = (host: OopsHost, state: OopsState): "resume" => {
  if (state.dies >= OOPS_LIMIT)
    host.stop({ kind: "hang", message: "the die chain lets an instruction fault again and again" });
  return "resume";
};

const exitNotes = (host: OopsHost, incident: Incident, death: Death): void => {
  const { comm, pid } = currentName(host);
  if (death.irqsDisabled) host.print(KERN_INFO, `note: ${comm}[${pid}] exited with irqs disabled`);
  const count = host.preemptCount() & ~PREEMPT_NEED_RESCHED;
  if (count !== 0) {
    host.print(KERN_INFO, `note: ${comm}[${pid}] exited with preempt_count ${count | 0}`);
    host.setPreemptCount(0);
  }
  host.journal.touch(incident.task).signal = death.signal;
};
