import type { OrcEntry } from "../../loader/orc.ts";
import { type Address, PAGE_SIZE, alignUp, toAddress, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import { RBP, RSP } from "../../abi/calls.ts";
import { frameRegister } from "../guest-calls.ts";
import type { Task } from "../task.ts";
import type { PtRegs } from "./registers.ts";
import { callbackFrames, withSize } from "./callers.ts";
import { type SymbolLookup, returnText } from "./symbol-text.ts";
import { type UnwindState, readWord, unwindNext } from "./unwind.ts";

/** What reading a task's stack needs. */
export interface TraceHost {
  readonly memory: GuestMemory;
  readonly symbols: SymbolLookup;
  /** The ORC entry that covers an address, from the module that has it. */
  orc(ip: Address): OrcEntry | undefined;
  /** Address lies in code of a loaded module or of the kernel. */
  isText(address: Address): boolean;
  /** Return addresses that end a call which host code made. */
  isHostReturn(address: Address): boolean;
  /** The kernel function that a trap stands for, for calls out of a stub: "sort+0x12/0x40". */
  stubFrame(name: string): ByteString;
}

/**
 * Where the topmost code of a task stands: in the guest itself (its registers are those of an
 * exception), in a stub (the top of the stack is the return address), or in host code that no
 * guest code called.
 */
export type Standing = "guest" | "stub" | "host";

export interface TraceEntry {
  readonly text: ByteString;
  /** False: only found on the stack ("? "). */
  readonly reliable: boolean;
  /** The return address; undefined where host code stands for the caller. */
  readonly address?: Address;
}

export interface StackTrace {
  /** Innermost first. */
  readonly entries: readonly TraceEntry[];
  /** The unwinder got to the end, so that what lies below can be trusted. */
  readonly complete: boolean;
}

/** A host frame that guest code called: a stub. One at the bottom is what the task's callers lead to. */
const isStubFrame = (task: Task, level: number): boolean =>
  task.frames[level]?.kind === "host" && task.frames[level - 1]?.kind === "guest";

/** For host code that reports on a task: whether guest code called it. */
export const standingOf = (task: Task): Standing => {
  const top = task.frames.length - 1;
  return task.frames[top]?.kind === "guest" || isStubFrame(task, top) ? "stub" : "host";
};

/** The stack of `task`, down to its kernel callers, as show_trace_log_lvl() would print it. */
export const stackTrace = (host: TraceHost, task: Task, regs: PtRegs, standing: Standing): StackTrace => {
  const entries: TraceEntry[] = [];
  let complete = true;
  let at = standing;
  let current = regs;
  let level = task.frames.length - 1;
  if (isStubFrame(task, level)) level -= 1;
  while (at !== "host") {
    const frame = task.frames[level];
    if (frame?.kind !== "guest") break;
    const limit = frameRegister(frame, RSP);
    complete = walkSegment({ host, task, limit, entries }, current, at, complete);
    current = { ...NO_REGISTERS, sp: toPattern(limit), bp: toPattern(frameRegister(frame, RBP)) };
    level -= 1;
    const below = task.frames[level];
    if (below?.kind !== "host" || !isStubFrame(task, level)) break;
    const stub = below.stub ?? "?";
    const reliable = complete;
    for (const text of callbackFrames(stub, host.stubFrame(stub))) entries.push({ text, reliable });
    at = "stub";
    level -= 1;
  }
  for (const text of task.callers) entries.push(callerEntry(text, complete));
  return { entries, complete };
};

/** A line of Task.callers, which may say itself that it is only a remain. */
export const callerEntry = (text: ByteString, reliable: boolean): TraceEntry =>
  text.startsWith("? ")
    ? { text: withSize(text.slice(2)), reliable: false }
    : { text: withSize(text), reliable };

interface Segment {
  readonly host: TraceHost;
  readonly task: Task;
  /** The caller's stack pointer: the guest code's part of the stack ends there. */
  readonly limit: Address;
  readonly entries: TraceEntry[];
}

/** Only stack and base pointer matter further down. */
const NO_REGISTERS: PtRegs = {
  ax: 0n,
  bx: 0n,
  cx: 0n,
  dx: 0n,
  si: 0n,
  di: 0n,
  bp: 0n,
  sp: 0n,
  r8: 0n,
  r9: 0n,
  r10: 0n,
  r11: 0n,
  r12: 0n,
  r13: 0n,
  r14: 0n,
  r15: 0n,
  ip: 0n,
  flags: 0x202n,
  origAx: undefined,
  cs: 0x10,
  ss: 0x18,
};

/** Prints every word that points into code; those that the unwinder expects are reliable. */
const walkSegment = (segment: Segment, regs: PtRegs, at: Standing, before: boolean): boolean => {
  const { host, task, limit, entries } = segment;
  const unwinding = { memory: host.memory, orc: host.orc, stack: task.stack };
  const sp = toAddress(regs.sp);
  const bp = toAddress(regs.bp);
  const start = firstWord(task, sp);
  if (start === undefined) return false;
  let next: UnwindState | undefined =
    at === "stub"
      ? { ip: 0, sp: sp + 8, bp }
      : unwindNext(unwinding, { ip: toAddress(regs.ip), sp, bp, regs });
  let complete = before && next !== undefined;
  for (let slot = start; slot < limit; slot += 8) {
    const value = readWord(host.memory, slot);
    if (value === undefined) continue;
    const expected = next !== undefined && next.sp - 8 === slot;
    if (expected && host.isHostReturn(value)) return complete;
    if (!host.isText(value)) continue;
    const reliable = complete && expected;
    entries.push({ text: returnText(host.symbols, value), reliable, address: value });
    if (!expected || next === undefined) continue;
    next = unwindNext(unwinding, { ip: value, sp: next.sp, bp: next.bp });
    complete &&= next !== undefined;
  }
  return false;
};

/** The first word to look at; a stack pointer in the guard page means the stack above it. */
const firstWord = ({ stack }: Task, sp: Address): Address | undefined => {
  const word = alignUp(sp, 8);
  if (word >= stack.low && word < stack.high) return word;
  const page = alignUp(word, PAGE_SIZE);
  return page >= stack.low && page < stack.high ? page : undefined;
};
