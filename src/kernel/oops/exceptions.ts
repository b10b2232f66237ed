import { type Address, toAddress, toPattern } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { RIP } from "../../abi/calls.ts";
import type { Exception } from "../exception.ts";
import type { Task } from "../task.ts";
import { type Death, die } from "./die.ts";
import { SIGSEGV, invalidOpcode, reportBug } from "./bug.ts";
import { generalProtectionText, hostProtectionText } from "./general-protection.ts";
import type { OopsHost } from "./host.ts";
import type { Incident } from "./incident.ts";
import { placeText } from "./incident.ts";
import { fixUp } from "./fixup.ts";
import { PF, pageFaultLines } from "./page-fault.ts";
import { type ControlRegisters, FLAGS_AC, FLAGS_IF, ipOf } from "./registers.ts";
import { overflowAddress, stackGuardHit } from "./stack-guard.ts";
import type { OopsState } from "./state.ts";

/** x86 exception vectors (arch/x86/include/asm/trapnr.h). */
const VECTOR = {
  DE: 0,
  DB: 1,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
  AC: 17,
} as const;

const SIGKILL = 9;
const UD2_LENGTH = 2;
const UD2 = 0x0b0f;
const KERNEL_HALF = 1n << 63n;

/** Exceptions that need nothing but their name. */
const PLAIN: Readonly<Record<number, readonly [text: ByteString, kind: string]>> = {
  [VECTOR.DE]: ["divide error", "divide-error"],
  [VECTOR.BP]: ["int3", "breakpoint"],
  [VECTOR.OF]: ["overflow", "overflow"],
  [VECTOR.BR]: ["bounds", "bounds"],
  7: ["device not available", "device-not-available"],
  9: ["coprocessor segment overrun", "coprocessor"],
  [VECTOR.TS]: ["invalid TSS", "invalid-tss"],
  [VECTOR.NP]: ["segment not present", "segment-not-present"],
  [VECTOR.SS]: ["stack segment", "stack-segment"],
  16: ["fpu exception", "fpu-exception"],
  [VECTOR.AC]: ["Split lock detected\n", "alignment"],
  19: ["simd exception", "simd-exception"],
};

/**
 * What the kernel does with an exception in its own code: an exception table entry, a WARN, or death.
 * `incident` says where; the engine's registers are changed where the task is to go on.
 */
export const handleGuestException = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  exception: Exception,
): "resume" | "kill" => {
  const { vector } = exception;
  if (incident.standing === "guest" && fixUp(host, state, incident, exception)) return "resume";
  if (vector === VECTOR.DB || vector > 31) return "resume";
  if (vector === VECTOR.PF) return pageFault(host, state, incident, exception);
  if (vector === VECTOR.UD) return invalid(host, state, incident);
  if (vector === VECTOR.DF) return doubleFault(host, state, incident, exception);
  const death =
    vector === VECTOR.GP ? protection(host, incident, exception) : plain(host, incident, exception);
  return announced(host, incident, vector, exception.errorCode) === "stop"
    ? "resume"
    : die(host, state, incident, death);
};

/** What the die chain is told before anything is printed (DIE_INT3, DIE_TRAP, DIE_GPF), with the signal. */
const EVENTS: Readonly<Record<number, readonly [event: number, signal: number]>> = {
  [VECTOR.DE]: [8, 8],
  [VECTOR.BP]: [2, 5],
  [VECTOR.OF]: [8, 11],
  [VECTOR.UD]: [8, 4],
  [VECTOR.TS]: [8, 11],
  [VECTOR.NP]: [8, 7],
  [VECTOR.SS]: [8, 7],
  [VECTOR.GP]: [9, 11],
  [VECTOR.AC]: [8, 7],
};
const NOTED: Readonly<Record<number, ByteString>> = {
  [VECTOR.UD]: "invalid opcode",
  [VECTOR.GP]: "general protection fault",
};

/** notify_die() of a handler: "stop" when a block has dealt with the exception. */
const announced = (
  host: OopsHost,
  { regs, standing }: Incident,
  vector: number,
  errorCode: number,
): "go-on" | "stop" => {
  const [event, signal] = EVENTS[vector] ?? [];
  if (event === undefined || signal === undefined || standing !== "guest") return "go-on";
  const text = NOTED[vector] ?? PLAIN[vector]?.[0] ?? "";
  return host.notifyDie(regs, { event, text, errorCode, trap: vector, signal });
};

const irqsOff = (incident: Incident): boolean => (incident.regs.flags & FLAGS_IF) === 0n;

const plain = (host: OopsHost, incident: Incident, { vector, errorCode }: Exception): Death => {
  const [text, kind] = PLAIN[vector] ?? [`exception ${vector}`, "exception"];
  return {
    text,
    errorCode,
    signal: SIGSEGV,
    epilogue: [],
    irqsDisabled: irqsOff(incident),
    nmi: vector === VECTOR.BP,
    trap: vector,
    control: host.control(),
    finding: { kind, message: `${text} in ${placeText(host, incident)}` },
  };
};

const protection = (host: OopsHost, incident: Incident, exception: Exception): Death => {
  const control = host.control();
  const text =
    exception.stub === undefined
      ? generalProtectionText(host.memory, incident.regs, exception.errorCode, control)
      : hostProtectionText(exception.address);
  return {
    ...plain(host, incident, exception),
    text,
    control,
    finding: { kind: "general-protection", message: `${text} in ${placeText(host, incident)}` },
  };
};

const invalid = (host: OopsHost, state: OopsState, incident: Incident): "resume" | "kill" => {
  const ip = ipOf(incident.regs);
  const isUd2 =
    incident.standing === "guest" && host.memory.accessible(ip, 2, "read") && host.memory.u16(ip) === UD2;
  const report = isUd2 ? reportBug(host, incident) : "none";
  if (report === "warn") {
    host.registers[RIP] = toPattern(ip + UD2_LENGTH);
    return "resume";
  }
  const place = placeText(host, incident);
  const death =
    report === "bug"
      ? invalidOpcode(host, incident, `BUG at ${place}`, "bug")
      : invalidOpcode(host, incident, `invalid opcode in ${place}`, "invalid-opcode");
  return announced(host, incident, VECTOR.UD, 0) === "stop" ? "resume" : die(host, state, incident, death);
};

const faultKind = (address: bigint, errorCode: number): string => {
  if (address < 4096n) return "null-dereference";
  if ((errorCode & PF.INSTR) !== 0) return "bad-jump";
  return (errorCode & PF.PROT) !== 0 && (errorCode & PF.WRITE) !== 0 && address >= KERNEL_HALF
    ? "write-protected"
    : "page-fault";
};

/** The handler turns interrupts on only for what looks like an allowed access to user memory. */
const handledWithIrqs = (incident: Incident, address: bigint): boolean =>
  address < KERNEL_HALF && (incident.regs.flags & FLAGS_AC) !== 0n && !irqsOff(incident);

const pageFault = (
  host: OopsHost,
  state: OopsState,
  incident: Incident,
  exception: Exception,
): "resume" | "kill" => {
  const { address, errorCode } = exception;
  const overflow = overflowAddress(incident, toAddress(address));
  if (overflow !== undefined) {
    stackGuardHit(host, state, incident, overflow);
    return "kill";
  }
  const fault = { errorCode, address, walk: host.walk(toAddress(address)), uid: host.uid() };
  const lines = pageFaultLines(fault);
  for (const [level, text] of lines) host.print(level, text);
  if (stackEndCorrupted(host, incident.task)) host.print(0, "Thread overran stack, or stack corrupted");
  const what = lines.find(([, text]) => text.startsWith("BUG: "))?.[1] ?? "";
  const control: ControlRegisters = { ...host.control(), cr2: address };
  return die(host, state, incident, {
    text: "Oops",
    errorCode,
    signal: SIGKILL,
    epilogue: [`CR2: ${address.toString(16).padStart(16, "0")}`],
    irqsDisabled: !handledWithIrqs(incident, address),
    nmi: false,
    trap: 0,
    control,
    finding: {
      kind: faultKind(address, errorCode),
      message: `${what.slice(5)} in ${placeText(host, incident)}`,
    },
  });
};

/** include/uapi/linux/magic.h; at the low end of every stack. */
const STACK_END_MAGIC = 0x57ac6e9dn;
const stackEndCorrupted = ({ memory }: OopsHost, { stack }: Task): boolean =>
  memory.accessible(stack.low, 8, "read") && memory.u64(stack.low) !== STACK_END_MAGIC;

const doubleFault = (host: OopsHost, state: OopsState, incident: Incident, exception: Exception): "kill" => {
  const address: Address = toAddress(exception.address);
  const overflow = overflowAddress(incident, address);
  if (overflow !== undefined) {
    stackGuardHit(host, state, incident, overflow);
    return "kill";
  }
  host.print(0, `PANIC: double fault, error_code: 0x${exception.errorCode.toString(16)}`);
  const place = placeText(host, incident);
  die(host, state, incident, {
    ...plain(host, incident, exception),
    text: "double fault",
    nmi: true,
    finding: { kind: "double-fault", message: `double fault in ${place}` },
  });
  return "kill";
};
