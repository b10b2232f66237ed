/**
 * System V x86-64 calling convention: where a function finds its arguments and leaves its result.
 * Values are read as 32-bit halves of the shared register array, so that only 64-bit integers cost
 * a bigint.
 */
import { addressFromHalves } from "../base/address.ts";
import { KoboxError } from "../base/errors.ts";
import { type CType, formatType, type FunctionType } from "./prototype.ts";
import type { Representation } from "./typedefs.ts";

/** Indices into the shared register array, the engine's order. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const RIP = 16;
export const RFLAGS = 17;

/** Integer argument registers in order. */
export const ARGUMENT_REGISTERS: readonly number[] = [RDI, RSI, RDX, RCX, 8, 9];

/** The engine's registers and a view of their 32-bit halves (2i low, 2i+1 high). */
export interface RegisterFile {
  readonly u64: BigUint64Array;
  readonly i32: Int32Array;
}

/** What of guest memory a decoder needs: arguments beyond the sixth lie on the stack. */
export interface StackMemory {
  u64(address: number): bigint;
}

/** One decoded argument. Pointers and lengths are numbers, see prototype-types.ts. */
export type Value = number | bigint | boolean | undefined | readonly [bigint, bigint];

/** Reads all arguments of one call at function entry (RSP points at the return address). */
export type ArgumentDecoder = (registers: RegisterFile, memory: StackMemory) => Record<string, Value>;

export const registerFile = (u64: BigUint64Array): RegisterFile => ({
  u64,
  i32: new Int32Array(u64.buffer, u64.byteOffset, u64.length * 2),
});

/** A register as an address. */
export const registerAddress = (registers: RegisterFile, index: number): number =>
  addressFromHalves(registers.i32[index * 2] ?? 0, registers.i32[index * 2 + 1] ?? 0);

/** How a type travels; pointers are addresses. */
export const representationOf = (type: CType): Representation | "pointer" => {
  if (type.kind === "pointer") return "pointer";
  if (type.kind === "scalar") return type.representation;
  throw new KoboxError(
    "E_PROTOTYPE",
    `type "${formatType(type)}" cannot be passed by value: see typedefs.ts`,
  );
};

type Reader = (registers: RegisterFile, memory: StackMemory) => Value;

const TWO_32 = 2 ** 32;

const registerReader = (type: Representation | "pointer", index: number): Reader => {
  const low = index * 2;
  const high = low + 1;
  switch (type) {
    case "pointer":
    case "ssize":
      return ({ i32 }) => (i32[high] ?? 0) * TWO_32 + ((i32[low] ?? 0) >>> 0);
    case "size":
      return ({ i32 }) => ((i32[high] ?? 0) >>> 0) * TWO_32 + ((i32[low] ?? 0) >>> 0);
    case "s32":
      return ({ i32 }) => i32[low];
    case "u32":
      return ({ i32 }) => (i32[low] ?? 0) >>> 0;
    case "s16":
      return ({ i32 }) => ((i32[low] ?? 0) << 16) >> 16;
    case "u16":
      return ({ i32 }) => (i32[low] ?? 0) & 0xffff;
    case "s8":
      return ({ i32 }) => ((i32[low] ?? 0) << 24) >> 24;
    case "u8":
      return ({ i32 }) => (i32[low] ?? 0) & 0xff;
    case "bool":
      return ({ i32 }) => ((i32[low] ?? 0) & 0xff) !== 0;
    case "s64":
      return ({ u64 }) => BigInt.asIntN(64, u64[index] ?? 0n);
    case "u64":
      return ({ u64 }) => u64[index];
    case "void":
    case "pair":
      throw new KoboxError("E_PROTOTYPE", `${type} is not one register`);
  }
};

/** A value from its 64-bit pattern; host-side only, for stack arguments and callbacks' results. */
export const decodePattern = (type: Representation | "pointer", pattern: bigint): Value => {
  switch (type) {
    case "void":
      return undefined;
    case "bool":
      return (pattern & 0xffn) !== 0n;
    case "pointer":
    case "ssize":
      return Number(BigInt.asIntN(64, pattern));
    case "size":
      return Number(BigInt.asUintN(64, pattern));
    case "s64":
      return BigInt.asIntN(64, pattern);
    case "u64":
      return BigInt.asUintN(64, pattern);
    case "pair":
      return [BigInt.asUintN(64, pattern), 0n];
    default: {
      const bits = Number(type.slice(1));
      return Number(type.startsWith("s") ? BigInt.asIntN(bits, pattern) : BigInt.asUintN(bits, pattern));
    }
  }
};

const stackReader = (type: Representation | "pointer", slot: number): Reader => {
  const offset = 8 + slot * 8;
  return (registers, memory) => {
    const at = registerAddress(registers, RSP) + offset;
    if (type === "pair") return [memory.u64(at), memory.u64(at + 8)];
    return decodePattern(type, memory.u64(at));
  };
};

const pairReader =
  (first: number, second: number): Reader =>
  ({ u64 }) => [u64[first] ?? 0n, u64[second] ?? 0n];

/** Where the next argument is: how many registers and stack slots are gone. */
interface Placement {
  registers: number;
  slots: number;
}

const readerAt = (type: Representation | "pointer", placement: Placement): Reader => {
  const wanted = type === "pair" ? 2 : 1;
  if (placement.registers + wanted > ARGUMENT_REGISTERS.length) {
    const slot = placement.slots;
    placement.slots += wanted;
    return stackReader(type, slot);
  }
  const [first = 0, second = 0] = ARGUMENT_REGISTERS.slice(placement.registers);
  placement.registers += wanted;
  return wanted === 2 ? pairReader(first, second) : registerReader(type, first);
};

/**
 * Compiles a decoder for a function type. Unnamed parameters appear as `arg0`, `arg1`...
 * Errors: KoboxError E_PROTOTYPE for types that cannot be passed.
 */
export const compileDecoder = (type: FunctionType): ArgumentDecoder => {
  const placement: Placement = { registers: 0, slots: 0 };
  const names = type.parameters.map((parameter, index) => parameter.name || `arg${index}`);
  const readers = type.parameters.map((parameter) => readerAt(representationOf(parameter.type), placement));
  const count = readers.length;
  return (registers, memory) => {
    const record: Record<string, Value> = {};
    for (let index = 0; index < count; index++) {
      record[names[index] as string] = (readers[index] as Reader)(registers, memory);
    }
    return record;
  };
};

/** Registers and stack slots that the named parameters take: where variable arguments begin. */
export const namedPlacement = (
  type: FunctionType,
): { readonly registers: number; readonly slots: number } => {
  const placement: Placement = { registers: 0, slots: 0 };
  for (const parameter of type.parameters) readerAt(representationOf(parameter.type), placement);
  return placement;
};
