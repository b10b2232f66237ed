import type { ByteString } from "../../base/bytes.ts";
import { type InterruptFrame, type Task } from "../task.ts";
import { type StackTrace, type TraceEntry, callerEntry, stackTrace, standingOf } from "./call-trace.ts";
import { codeLine } from "./code-bytes.ts";
import type { OopsHost } from "./host.ts";
import { IDLE, INTERRUPT_ENTRY } from "./idle.ts";
import { type Incident, functionName, placeText, readRegisters, taskRegisters } from "./incident.ts";
import { type PtRegs, generalLines, ipOf } from "./registers.ts";
import { symbolText } from "./symbol-text.ts";
import { userCodeLine, userRegisters, userRipLine } from "./user-registers.ts";

const entryLine = ({ text, reliable }: TraceEntry): ByteString => ` ${reliable ? "" : "? "}${text}`;

/** Callers without those that have returned, or have not been left: down to the reporting function itself. */
const callersBelow = (callers: readonly ByteString[], place: ByteString): readonly ByteString[] => {
  const name = functionName(place);
  const at = callers.findIndex((caller) => functionName(caller) === name);
  return callers.slice(at + 1);
};

interface Stack {
  /** Kernel frames above the guest's. */
  readonly above: readonly TraceEntry[];
  readonly entries: readonly TraceEntry[];
  readonly complete: boolean;
}

const incidentStack = (host: OopsHost, incident: Incident): Stack => {
  const { task, regs, standing, site, via = [] } = incident;
  const callers =
    incident.callers ?? (site === undefined ? task.callers : callersBelow(task.callers, site.at));
  const { entries, complete } = stackTrace(host, { ...task, callers }, regs, standing);
  return { above: via.map((text) => callerEntry(text, true)), entries, complete };
};

/** The registers of an interrupted frame within a trace (SHOW_REGS_SHORT). */
const entryRegisters = (host: OopsHost, regs: PtRegs): ByteString[] => [
  `RIP: 0010:${symbolText(host.symbols, ipOf(regs))}`,
  codeLine(host.memory, ipOf(regs)).text,
  ...generalLines(regs),
];

/** The user-mode registers, at the end of a process's trace. */
const userLines = (host: OopsHost, task: Task): ByteString[] => {
  const call = host.systemCall(task);
  if (call === undefined) return [];
  // The code of another task's program cannot be read.
  const code = host.current()?.pid === task.pid ? [userCodeLine()] : [];
  return [userRipLine(), ...code, ...generalLines(userRegisters(call))];
};

/** What stands below a device's interrupt; a timer's is INTERRUPT_ENTRY. */
const DEVICE_ENTRY = " asm_common_interrupt+0x22/0x40";

/** The stack of a task that was stopped between two instructions, without what interrupted it. */
const interruptedStack = (host: OopsHost, task: Task): StackTrace => {
  const frames = task.frames.filter(({ kind }) => kind !== "interrupt");
  const below = { ...task, frames };
  const regs = readRegisters(task.registers);
  const inModule = host.symbols.lookup(ipOf(regs))?.module !== undefined;
  return stackTrace(host, below, regs, inModule ? "guest" : standingOf(below));
};

/** What an interrupt interrupted: the process, or the idle loop. */
const interruptedLines = (host: OopsHost, interrupt: Task): ByteString[] => {
  const task = host.current();
  if (task === undefined) return IDLE;
  const regs = readRegisters(task.registers);
  const { entries, complete } = interruptedStack(host, task);
  return [
    interrupt.callers.some((caller) => caller.startsWith("common_interrupt+"))
      ? DEVICE_ENTRY
      : INTERRUPT_ENTRY,
    ...entryRegisters(host, regs),
    ...entries.map(entryLine),
    ...(complete ? userLines(host, task) : []),
  ];
};

/** A softirq that ksoftirqd runs. */
const isThreaded = ({ callers }: Task): boolean =>
  callers.some((caller) => caller.startsWith("run_ksoftirqd+"));

/** "Call Trace:" and what belongs to it (show_trace_log_lvl of arch/x86/kernel/dumpstack.c). */
export const traceLines = (host: OopsHost, incident: Incident): ByteString[] => {
  const { above, entries, complete } = incidentStack(host, incident);
  const inner = incident.handler === true ? entryRegisters(host, incident.regs) : [];
  const lines = [...above.map(entryLine), ...inner, ...entries.map(entryLine)];
  if (incident.task.context === "process" || isThreaded(incident.task)) {
    const user = complete ? userLines(host, incident.task) : [];
    return ["Call Trace:", " <TASK>", ...lines, ...user, " </TASK>"];
  }
  return [
    "Call Trace:",
    " <IRQ>",
    ...lines,
    " </IRQ>",
    " <TASK>",
    ...interruptedLines(host, incident.task),
    " </TASK>",
  ];
};

/** The functions of a trace that are certain, innermost first, the place itself at the top. */
export const findingStack = (host: OopsHost, incident: Incident): ByteString[] => {
  const { above, entries } = incidentStack(host, incident);
  const certain = [...above, ...entries].filter(({ reliable }) => reliable);
  return [placeText(host, incident), ...certain.map(({ text }) => text)];
};

/** What is certain of a task's stack, innermost first. */
export const certainEntries = (host: OopsHost, task: Task): TraceEntry[] => {
  const handlers = task.frames.filter((frame): frame is InterruptFrame => frame.kind === "interrupt");
  const { entries } =
    handlers.length > 0
      ? interruptedStack(host, task)
      : stackTrace(host, task, taskRegisters(host, task), standingOf(task));
  const certain = entries.filter(({ reliable }) => reliable);
  return [...handlers.toReversed().flatMap(({ handler }) => certainEntries(host, handler)), ...certain];
};

/** Functions a blocked or running task is in, innermost first: /proc/PID/stack, deadlock reports. */
export const taskStack = (host: OopsHost, task: Task, via: readonly ByteString[] = []): ByteString[] => [
  ...via,
  ...certainEntries(host, task).map(({ text }) => text),
];
