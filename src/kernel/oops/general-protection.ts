import { toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { GuestFault } from "../../base/errors.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import { memoryOperand } from "./instruction.ts";
import type { ControlRegisters, PtRegs } from "./registers.ts";

const TEXT = "general protection fault";
/** Longest x86 instruction. */
const MAX_INSN_SIZE = 15;
const VIRTUAL_MASK = 0x7fff_ffff_ffffn;
const KERNEL_HALF = 0xffff_8000_0000_0000n;
const NO_ADDRESS = 0xffff_ffff_ffff_ffffn;

/** The same for host code, which knows what address it used. */
export const hostProtectionText = (address: bigint): ByteString =>
  `${TEXT}, probably for non-canonical address 0x${address.toString(16)}`;

const instructionBytes = (memory: GuestMemory, regs: PtRegs): Uint8Array | undefined => {
  try {
    return memory.bytes(toAddress(regs.ip), MAX_INSN_SIZE);
  } catch (error) {
    if (error instanceof GuestFault) return undefined;
    throw error;
  }
};

/** What die() is told of a #GP (exc_general_protection of arch/x86/kernel/traps.c). */
export const generalProtectionText = (
  memory: GuestMemory,
  regs: PtRegs,
  errorCode: number,
  control: ControlRegisters,
): ByteString => {
  if (errorCode !== 0) return `segment-related ${TEXT}`;
  const code = instructionBytes(memory, regs);
  const operand = code === undefined ? undefined : memoryOperand(code, regs, control);
  if (operand === undefined || operand.address === NO_ADDRESS) return TEXT;
  const last = BigInt.asUintN(64, operand.address + BigInt(operand.size - 1));
  const nonCanonical = operand.address < KERNEL_HALF && last > VIRTUAL_MASK;
  const guess = nonCanonical ? "probably for non-canonical address" : "maybe for address";
  return `${TEXT}, ${guess} 0x${operand.address.toString(16)}`;
};
