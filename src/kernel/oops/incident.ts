import { toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { RAX, RBP, RBX, RCX, RDI, RDX, RFLAGS, RIP, RSI, RSP } from "../../abi/calls.ts";
import type { Task } from "../task.ts";
import { type Standing, standingOf } from "./call-trace.ts";
import type { OopsHost } from "./host.ts";
import { KERNEL_CS, KERNEL_SS, type PtRegs, ipOf } from "./registers.ts";
import { symbolText } from "./symbol-text.ts";

/** A place in the kernel's own code that reports, as the log shows it. */
export interface Site {
  /** "mm/slub.c:419" */
  readonly source: ByteString;
  /** "__kmem_cache_free+0x284/0x2a0" */
  readonly at: ByteString;
  /** The bytes of the "Code:" line, "5e e9 .. <0f> 0b ..". */
  readonly code?: ByteString;
}

/** Kernel functions between the place of a report and the code below it. */
export interface Callers {
  /** Innermost first, above the guest's frames. */
  readonly via?: readonly ByteString[];
  /** In place of the task's own callers. */
  readonly callers?: readonly ByteString[];
}

/** What is to be reported, and where it happened. */
export interface Incident extends Callers {
  readonly task: Task;
  readonly regs: PtRegs;
  readonly standing: Standing;
  /** Kernel code in place of the instruction pointer. */
  readonly site?: Site | undefined;
  /** The site lies in an exception handler: `via` is the handler's frames, and the registers follow them. */
  readonly handler?: true | undefined;
}

const from = (registers: BigUint64Array, index: number): bigint => registers[index] ?? 0n;

export const readRegisters = (registers: BigUint64Array): PtRegs => ({
  ax: from(registers, RAX),
  bx: from(registers, RBX),
  cx: from(registers, RCX),
  dx: from(registers, RDX),
  si: from(registers, RSI),
  di: from(registers, RDI),
  bp: from(registers, RBP),
  sp: from(registers, RSP),
  r8: from(registers, 8),
  r9: from(registers, 9),
  r10: from(registers, 10),
  r11: from(registers, 11),
  r12: from(registers, 12),
  r13: from(registers, 13),
  r14: from(registers, 14),
  r15: from(registers, 15),
  ip: from(registers, RIP),
  flags: from(registers, RFLAGS),
  origAx: undefined,
  cs: KERNEL_CS,
  ss: KERNEL_SS,
});

/** Registers of a task: the engine's while it runs, its own copy otherwise. */
export const taskRegisters = (host: OopsHost, task: Task): PtRegs => {
  const regs = readRegisters(host.running() === task ? host.registers : task.registers);
  // A stub's `hlt` has been passed: what runs there is the function.
  return standingOf(task) === "stub" ? { ...regs, ip: toPattern(ipOf(regs) - 1) } : regs;
};

/** Something that host code reports on behalf of the running task. */
export const hostIncident = (
  host: OopsHost,
  task: Task,
  site: Site | undefined,
  callers: Callers,
): Incident => ({
  task,
  regs: taskRegisters(host, task),
  standing: standingOf(task),
  site,
  ...callers,
});

/** Where it happened: "go+0x6e/0x84b [t_crash]". */
export const placeText = (host: OopsHost, incident: Incident): ByteString =>
  incident.site?.at ?? symbolText(host.symbols, ipOf(incident.regs));

/** Name of the function in "name+0x1/0x2". */
export const functionName = (place: ByteString): ByteString => place.replace(/\+0x[0-9a-f]+\/.*$/, "");
