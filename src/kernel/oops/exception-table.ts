import { type Address, toAddress, toPattern } from "../../base/address.ts";
import { EIO } from "../../base/errno.ts";
import { RAX, RCX, RDX, RIP, RSP } from "../../abi/calls.ts";

/** An entry of `__ex_table` that covers the faulting instruction. */
export interface ExceptionFixup {
  /** Where to go on. */
  readonly fixup: Address;
  /** The entry's third word: type, register, flags and immediate. */
  readonly data: number;
}

/** arch/x86/include/asm/extable_fixup_types.h */
const TYPE = {
  DEFAULT: 1,
  FAULT: 2,
  UACCESS: 3,
  COPY: 4,
  CLEAR_FS: 5,
  WRMSR: 8,
  RDMSR: 9,
  WRMSR_SAFE: 10,
  RDMSR_SAFE: 11,
  DEFAULT_MCE_SAFE: 14,
  FAULT_MCE_SAFE: 15,
  POP_REG: 16,
  IMM_REG: 17,
  UCOPY_LEN: 19,
  ZEROPAD: 20,
} as const;

/** pt_regs_nr()'s numbers 0..7 and 8..15 are the encoding's, and so are the engine's. */
const register = (data: number): number => (data >> 8) & 0xf;
const immediate = (data: number): bigint => BigInt.asUintN(64, BigInt(data >> 16));

/**
 * Applies a fixup to the registers (fixup_exception of arch/x86/mm/extable.c). False where the
 * handler does not take the exception and it becomes an oops.
 */
export const applyFixup = (
  registers: BigUint64Array,
  { fixup, data }: ExceptionFixup,
  vector: number,
  zeroPad: () => boolean,
): boolean => {
  const type = data & 0xff;
  if (type === TYPE.ZEROPAD && !zeroPad()) return false;
  if (type === 0 || type > TYPE.ZEROPAD) return false;
  if (type === TYPE.FAULT || type === TYPE.FAULT_MCE_SAFE || type === TYPE.COPY) {
    registers[RAX] = BigInt(vector);
  }
  if (type === TYPE.RDMSR || type === TYPE.RDMSR_SAFE) registers[RAX] = registers[RDX] = 0n;
  if (type === TYPE.WRMSR_SAFE || type === TYPE.RDMSR_SAFE) {
    registers[register(data)] = BigInt.asUintN(64, BigInt(-EIO));
  }
  if (type === TYPE.POP_REG) registers[RSP] = toPattern(toAddress(registers[RSP] ?? 0n) + 8);
  if (type === TYPE.POP_REG || type === TYPE.IMM_REG) registers[register(data)] = immediate(data);
  if (type === TYPE.UCOPY_LEN) {
    const rest = immediate(data) * (registers[RCX] ?? 0n) + (registers[register(data)] ?? 0n);
    registers[RCX] = BigInt.asUintN(64, rest);
  }
  if ((data & 0x1000) !== 0) registers[RAX] = 0n;
  if ((data & 0x2000) !== 0) registers[RDX] = 0n;
  registers[RIP] = toPattern(fixup);
  return true;
};

/** Accesses to model-specific registers that are not excused say so once each. */
export const uncheckedMsr = ({ data }: ExceptionFixup): "read" | "write" | undefined => {
  const type = data & 0xff;
  return type === TYPE.RDMSR ? "read" : type === TYPE.WRMSR ? "write" : undefined;
};

/** A #GP in a user-space access means an address that is not canonical, which the kernel warns of once. */
export const isUserAccess = ({ data }: ExceptionFixup): boolean =>
  [TYPE.UACCESS, TYPE.COPY, TYPE.UCOPY_LEN].some((type) => type === (data & 0xff));
