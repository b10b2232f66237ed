/** struct pt_regs on the stack of whatever was interrupted (arch/x86/include/asm/ptrace.h). */
import { REG } from "unicorn-engine";
import { type Address, toPattern } from "../../base/address.ts";
import type { Kernel } from "../kernel.ts";
import type { PtRegs } from "../oops/registers.ts";
import type { Routine } from "../routine.ts";

/** General registers in the structure's order, 8 bytes each. */
const GENERAL = [15, 14, 13, 12, REG.RBP, REG.RBX, 11, 10, 9, 8, REG.RAX, REG.RCX, REG.RDX, REG.RSI, REG.RDI];

/** Bytes from its start. */
export const PT_REGS = { AX: 80, ORIG_AX: 120, IP: 128, CS: 136, FLAGS: 144, SP: 152, SS: 160, SIZE: 168 };

const KERNEL_CS = 0x10n;
const KERNEL_SS = 0x18n;
const STACK_ALIGN = 16;

export interface RegsOptions {
  readonly ip: Address;
  readonly sp: Address;
  /** cs is 0 where only some registers were saved, and handlers must see that (ftrace_get_regs). */
  readonly saved?: "all" | "arguments";
}

const writeRegs = (k: Kernel, at: Address, { ip, sp, saved = "all" }: RegsOptions): void => {
  const { memory, executor } = k;
  const { registers } = executor;
  for (const [index, register] of GENERAL.entries()) memory.setU64(at + index * 8, registers[register] ?? 0n);
  memory.setU64(at + PT_REGS.ORIG_AX, saved === "all" ? 0xffff_ffff_ffff_ffffn : 0n);
  memory.setPointer(at + PT_REGS.IP, ip);
  memory.setU64(at + PT_REGS.CS, saved === "all" ? KERNEL_CS : 0n);
  memory.setU64(at + PT_REGS.FLAGS, registers[REG.RFLAGS] ?? 0n);
  memory.setPointer(at + PT_REGS.SP, sp);
  memory.setU64(at + PT_REGS.SS, KERNEL_SS);
};

const NAMES = [
  ...(["r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8"] as const),
  ...(["ax", "cx", "dx", "si", "di"] as const),
] as const;

/** Writes the structure from registers that were saved before. */
export const putRegs = ({ memory }: Kernel, at: Address, regs: PtRegs): void => {
  for (const [index, name] of NAMES.entries()) memory.setU64(at + index * 8, regs[name]);
  memory.setU64(at + PT_REGS.ORIG_AX, regs.origAx ?? 0xffff_ffff_ffff_ffffn);
  memory.setU64(at + PT_REGS.IP, regs.ip);
  memory.setU64(at + PT_REGS.CS, BigInt(regs.cs));
  memory.setU64(at + PT_REGS.FLAGS, regs.flags);
  memory.setU64(at + PT_REGS.SP, regs.sp);
  memory.setU64(at + PT_REGS.SS, BigInt(regs.ss));
};

/** The task goes on with the registers of the structure. */
export const takeRegs = (k: Kernel, at: Address): void => {
  const { memory, executor } = k;
  const { registers } = executor;
  for (const [index, register] of GENERAL.entries()) registers[register] = memory.u64(at + index * 8);
  registers[REG.RFLAGS] = memory.u64(at + PT_REGS.FLAGS) | 2n;
  registers[REG.RSP] = memory.u64(at + PT_REGS.SP);
  executor.setRegister(REG.RIP, memory.pointer(at + PT_REGS.IP));
};

/**
 * Runs handlers that see the registers as a structure and may change them; afterwards the task goes
 * on with what they left there. The structure's address is good only while `body` runs.
 */
export function* withRegs(
  k: Kernel,
  options: RegsOptions,
  body: (regs: Address) => Routine<void>,
): Routine<void> {
  const { registers } = k.executor;
  const at = Math.floor((k.executor.register(REG.RSP) - PT_REGS.SIZE) / STACK_ALIGN) * STACK_ALIGN;
  writeRegs(k, at, options);
  registers[REG.RSP] = toPattern(at);
  yield* body(at);
  takeRegs(k, at);
}

/** Handlers run with preemption off. */
export function* unpreempted(k: Kernel, body: Routine<void>): Routine<void> {
  k.cpu.addPreemptCount(1);
  yield* body;
  k.cpu.addPreemptCount(-1);
}
