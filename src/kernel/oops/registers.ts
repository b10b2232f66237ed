import { type Address, hex16, toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";

/** What the CPU pushes and the entry code saves: struct pt_regs. Values are 64-bit patterns. */
export interface PtRegs {
  readonly ax: bigint;
  readonly bx: bigint;
  readonly cx: bigint;
  readonly dx: bigint;
  readonly si: bigint;
  readonly di: bigint;
  readonly bp: bigint;
  readonly sp: bigint;
  readonly r8: bigint;
  readonly r9: bigint;
  readonly r10: bigint;
  readonly r11: bigint;
  readonly r12: bigint;
  readonly r13: bigint;
  readonly r14: bigint;
  readonly r15: bigint;
  readonly ip: bigint;
  readonly flags: bigint;
  /** Number of the system call; undefined (-1) for an exception. */
  readonly origAx: bigint | undefined;
  /** 0x10 in the kernel, 0x33 in user mode. */
  readonly cs: number;
  readonly ss: number;
}

/** CPU state that is not in pt_regs. */
export interface ControlRegisters {
  readonly fsBase: bigint;
  readonly gsBase: bigint;
  readonly kernelGsBase: bigint;
  readonly cr0: bigint;
  readonly cr2: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly pkru: number;
}

export const KERNEL_CS = 0x10;
export const KERNEL_SS = 0x18;
export const USER_CS = 0x33;
export const USER_SS = 0x2b;
/** RFLAGS bits. */
export const FLAGS_IF = 0x200n;
export const FLAGS_AC = 0x40000n;

export const ipOf = (regs: PtRegs): Address => toAddress(regs.ip);

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
const row = (...pairs: readonly (readonly [string, bigint])[]): ByteString =>
  pairs.map(([name, value]) => `${name}: ${hex16(value)}`).join(" ");

/** The lines from "RSP:" to "R13:" (arch/x86/kernel/process_64.c, SHOW_REGS_SHORT). */
export const generalLines = (regs: PtRegs): ByteString[] => {
  const flags = regs.flags.toString(16).padStart(8, "0");
  const call = regs.origAx === undefined ? "" : ` ORIG_RAX: ${hex16(regs.origAx)}`;
  return [
    `RSP: ${hex4(regs.ss)}:${hex16(regs.sp)} EFLAGS: ${flags}${call}`,
    row(["RAX", regs.ax], ["RBX", regs.bx], ["RCX", regs.cx]),
    row(["RDX", regs.dx], ["RSI", regs.si], ["RDI", regs.di]),
    row(["RBP", regs.bp], ["R08", regs.r8], ["R09", regs.r9]),
    row(["R10", regs.r10], ["R11", regs.r11], ["R12", regs.r12]),
    row(["R13", regs.r13], ["R14", regs.r14], ["R15", regs.r15]),
  ];
};

/** The lines from "FS:" to "PKRU:"; segment selectors of a 64-bit kernel are zero. */
export const controlLines = (regs: PtRegs, control: ControlRegisters): ByteString[] => [
  `FS:  ${hex16(control.fsBase)}(0000) GS:${hex16(control.gsBase)}(0000) knlGS:${hex16(control.kernelGsBase)}`,
  `CS:  ${hex4(regs.cs)} DS: 0000 ES: 0000 CR0: ${hex16(control.cr0)}`,
  `CR2: ${hex16(control.cr2)} CR3: ${hex16(control.cr3)} CR4: ${hex16(control.cr4)}`,
  `PKRU: ${control.pkru.toString(16).padStart(8, "0")}`,
];
