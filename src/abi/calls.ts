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

/** Where an argument is: a register by index, or a byte offset from RSP at entry. */
interface Place {
  readonly type: Representation | "pointer";
  /** One register, two for a pair, none on the stack. */
  readonly registers: readonly number[];
  readonly offset: number;
}

interface Taken {
  registers: number;
  slots: number;
}

const place = (type: CType, taken: Taken): Place => {
  const representation = representationOf(type);
  const wanted = representation === "pair" ? 2 : 1;
  if (taken.registers + wanted > ARGUMENT_REGISTERS.length) {
    const offset = 8 + taken.slots * 8;
    taken.slots += wanted;
    return { type: representation, registers: [], offset };
  }
  const registers = ARGUMENT_REGISTERS.slice(taken.registers, taken.registers + wanted);
  taken.registers += wanted;
  return { type: representation, registers, offset: 0 };
};

/** A value from its 64-bit pattern, for stack arguments and the results of callbacks. */
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

/** Reads one argument, the slow and plain way. */
const readPlace = (at: Place, registers: RegisterFile, memory: StackMemory): Value => {
  const [first, second] = at.registers;
  const stack = first === undefined ? registerAddress(registers, RSP) + at.offset : 0;
  const low = first === undefined ? memory.u64(stack) : (registers.u64[first] ?? 0n);
  if (at.type !== "pair") return decodePattern(at.type, low);
  return [low, second === undefined ? memory.u64(stack + 8) : (registers.u64[second] ?? 0n)];
};

/** JavaScript that does as `readPlace` on 32-bit halves; anything unusual calls back to it. */
const expression = (at: Place, index: number): string => {
  const [register] = at.registers;
  if (register === undefined || at.type === "pair") return `read(places[${index}], registers, memory)`;
  const low = `i32[${register * 2}]`;
  const high = `i32[${register * 2 + 1}]`;
  const expressions: Partial<Record<Representation | "pointer", string>> = {
    pointer: `${high} * 4294967296 + (${low} >>> 0)`,
    ssize: `${high} * 4294967296 + (${low} >>> 0)`,
    size: `(${high} >>> 0) * 4294967296 + (${low} >>> 0)`,
    s32: low,
    u32: `${low} >>> 0`,
    s16: `${low} << 16 >> 16`,
    u16: `${low} & 65535`,
    s8: `${low} << 24 >> 24`,
    u8: `${low} & 255`,
    bool: `(${low} & 255) !== 0`,
    s64: `BigInt.asIntN(64, u64[${register}])`,
    u64: `u64[${register}]`,
  };
  return expressions[at.type] ?? "undefined";
};

/** A decoder as straight-line code: three times as fast as a loop over places, but dear to make. */
const generate = (names: readonly string[], places: readonly Place[]): ArgumentDecoder => {
  const fields = names.map((name, index) => `${name}: ${expression(places[index] as Place, index)}`);
  const body = `return (registers, memory) => {
    const { u64, i32 } = registers;
    return { ${fields.join(", ")} };
  };`;
  // Names are C identifiers: the prototype's tokenizer lets nothing else through.
  return new Function("places", "read", body)(places, readPlace) as ArgumentDecoder;
};

/** Calls after which generating code pays. */
const HOT = 40;

/**
 * Compiles a decoder for a function type. Unnamed parameters appear as `arg0`, `arg1`...
 * Errors: KoboxError E_PROTOTYPE for types that cannot be passed.
 */
export const compileDecoder = (type: FunctionType): ArgumentDecoder => {
  const taken: Taken = { registers: 0, slots: 0 };
  const names = type.parameters.map((parameter, index) => parameter.name || `arg${index}`);
  const places = type.parameters.map((parameter) => place(parameter.type, taken));
  let calls = 0;
  let decode: ArgumentDecoder = (registers, memory) => {
    if (++calls >= HOT) decode = generate(names, places);
    const record: Record<string, Value> = {};
    for (const [index, at] of places.entries()) record[names[index] ?? ""] = readPlace(at, registers, memory);
    return record;
  };
  return (registers, memory) => decode(registers, memory);
};

/** Registers and stack slots that the named parameters take: where variable arguments begin. */
export const namedPlacement = (type: FunctionType): Readonly<Taken> => {
  const taken: Taken = { registers: 0, slots: 0 };
  for (const parameter of type.parameters) place(parameter.type, taken);
  return taken;
};

/** An int that a function returned in RAX. */
export const asInt = (rax: bigint): number => Number(BigInt.asIntN(32, rax));
