import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";

/**
 * The arguments behind a `...`, read one 8-byte slot after the other (System V AMD64 ABI; the
 * kernel passes no floating point, so every variadic argument is an INTEGER slot).
 */
export interface VarArgs {
  /** The next slot, as an unsigned 64-bit pattern. */
  next(): bigint;
  /** The next slot as a C `int`. */
  nextI32(): number;
}

/** Where the arguments of a variadic call are, at the callee's first instruction. */
export interface VariadicCall {
  /** RDI, RSI, RDX, RCX, R8, R9. */
  readonly registers: ArrayLike<bigint>;
  /** RSP at entry, which points at the return address. */
  readonly stack: Address;
  /** Registers and stack slots that the named parameters take. */
  readonly variable: { readonly registers: number; readonly slots: number };
}

const REGISTERS = 6;

/** The `...` of a call that has just been entered. */
export const variadicArgs = (memory: GuestMemory, call: VariadicCall): VarArgs => {
  const { registers } = call;
  let register = call.variable.registers;
  let at = call.stack + 8 + call.variable.slots * 8;
  const slot = (): bigint => {
    if (register < REGISTERS) return BigInt.asUintN(64, registers[register++] ?? 0n);
    at += 8;
    return memory.u64(at - 8);
  };
  return { next: slot, nextI32: () => Number(BigInt.asIntN(32, slot())) };
};

/** struct __va_list_tag: gp_offset, fp_offset, overflow_arg_area, reg_save_area. */
const GP_OFFSET = 0;
const OVERFLOW_AREA = 8;
const SAVE_AREA = 16;
const SAVED_GP_BYTES = REGISTERS * 8;

/**
 * The arguments of a guest `va_list`. They are consumed as `va_arg` does: the list in guest memory
 * moves on, which a callee's caller can see because a va_list is passed by reference.
 */
export const vaListArgs = (memory: GuestMemory, list: Address): VarArgs => {
  const where = (): Address => {
    const offset = memory.u32(list + GP_OFFSET);
    if (offset < SAVED_GP_BYTES) {
      memory.setU32(list + GP_OFFSET, offset + 8);
      return memory.pointer(list + SAVE_AREA) + offset;
    }
    const at = memory.pointer(list + OVERFLOW_AREA);
    memory.setPointer(list + OVERFLOW_AREA, at + 8);
    return at;
  };
  return { next: () => memory.u64(where()), nextI32: () => memory.i32(where()) };
};

/** The same after `va_copy`: the list in guest memory stays as it is. */
export const copiedVaList = (memory: GuestMemory, list: Address): VarArgs => {
  let offset = memory.u32(list + GP_OFFSET);
  let overflow = memory.pointer(list + OVERFLOW_AREA);
  const saved = memory.pointer(list + SAVE_AREA);
  const where = (): Address => {
    if (offset < SAVED_GP_BYTES) {
      offset += 8;
      return saved + offset - 8;
    }
    overflow += 8;
    return overflow - 8;
  };
  return { next: () => memory.u64(where()), nextI32: () => memory.i32(where()) };
};

/** Arguments that host code supplies: numbers are C ints or addresses, bigints any 64-bit value. */
export const hostArgs = (values: readonly (number | bigint)[]): VarArgs => {
  let index = 0;
  const slot = (): bigint => BigInt.asUintN(64, BigInt(values[index++] ?? 0));
  return { next: slot, nextI32: () => Number(BigInt.asIntN(32, slot())) };
};
