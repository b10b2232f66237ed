/** Plays the instructions that touch a device's registers, one model call for each access. */
import { REG } from "unicorn-engine";
import type { Address } from "../../base/address.ts";
import { allOnes, type AccessSize } from "../devices/model.ts";
import type { Executor } from "../executor.ts";
import { type Access, type AluOperation, type Source, decodeAccess } from "./mmio-decode.ts";

/** The devices, by virtual address; plain memory takes part in string instructions. */
export interface MmioBus {
  read(address: Address, size: AccessSize): bigint;
  write(address: Address, size: AccessSize, value: bigint): void;
}

const FLAG = {
  CARRY: 1n,
  PARITY: 4n,
  ZERO: 0x40n,
  SIGN: 0x80n,
  DIRECTION: 0x400n,
  OVERFLOW: 0x800n,
} as const;
const RESULT_FLAGS = FLAG.CARRY | FLAG.PARITY | 0x10n | FLAG.ZERO | FLAG.SIGN | FLAG.OVERFLOW;

type Registers = BigUint64Array;

const sourceValue = (registers: Registers, source: Source, size: AccessSize): bigint => {
  if (source.kind === "immediate") return source.value & allOnes(size);
  const value = registers[source.number] ?? 0n;
  return (source.highByte ? value >> 8n : value) & allOnes(size);
};

/** Shorter writes keep the rest of the register, 32-bit ones clear it. */
const setRegister = (
  registers: Registers,
  index: number,
  value: bigint,
  width: AccessSize,
  highByte = false,
): void => {
  const old = registers[index] ?? 0n;
  if (highByte) registers[index] = (old & ~0xff00n) | ((value & 0xffn) << 8n);
  else if (width >= 4) registers[index] = value & allOnes(width);
  else registers[index] = (old & ~allOnes(width)) | (value & allOnes(width));
};

const parity = (value: bigint): boolean => {
  let bits = Number(value & 0xffn);
  bits ^= bits >> 4;
  bits ^= bits >> 2;
  return ((bits ^ (bits >> 1)) & 1) === 0;
};

/** a OP b with the flags that the CPU would set. */
const compute = (
  operation: AluOperation,
  [a, b]: readonly [bigint, bigint],
  size: AccessSize,
  flags: bigint,
): { result: bigint; flags: bigint } => {
  const mask = allOnes(size);
  const sign = 1n << BigInt(size * 8 - 1);
  const carry = operation === "adc" || operation === "sbb" ? flags & FLAG.CARRY : 0n;
  const sum = operation === "add" || operation === "adc";
  const difference = operation === "sub" || operation === "sbb" || operation === "cmp";
  let whole = a & b;
  if (sum) whole = a + b + carry;
  else if (difference) whole = a - b - carry;
  else if (operation === "or") whole = a | b;
  else if (operation === "xor") whole = a ^ b;
  const result = whole & mask;
  let set = flags & ~RESULT_FLAGS;
  if (whole < 0n || whole > mask) set |= FLAG.CARRY;
  if (parity(result)) set |= FLAG.PARITY;
  if (result === 0n) set |= FLAG.ZERO;
  if ((result & sign) !== 0n) set |= FLAG.SIGN;
  const overflows = sum ? ~(a ^ b) & (a ^ result) : difference ? (a ^ b) & (a ^ result) : 0n;
  if ((overflows & sign) !== 0n) set |= FLAG.OVERFLOW;
  return { result, flags: set };
};

/** movs, stos, lods: addresses are those of RSI and RDI. */
const playString = (registers: Registers, access: Access & { kind: "string" }, bus: MmioBus): void => {
  const { size, operation, repeat } = access;
  const backwards = ((registers[REG.RFLAGS] ?? 0n) & FLAG.DIRECTION) !== 0n;
  const step = backwards ? -BigInt(size) : BigInt(size);
  const at = (index: number): Address => Number(BigInt.asIntN(64, registers[index] ?? 0n));
  const move = (index: number): void => {
    registers[index] = BigInt.asUintN(64, (registers[index] ?? 0n) + step);
  };
  while (!repeat || registers[REG.RCX] !== 0n) {
    const value =
      operation === "stos" ? (registers[REG.RAX] ?? 0n) & allOnes(size) : bus.read(at(REG.RSI), size);
    if (operation === "lods") setRegister(registers, REG.RAX, value, size);
    else {
      bus.write(at(REG.RDI), size, value);
      move(REG.RDI);
    }
    if (operation !== "stos") move(REG.RSI);
    if (!repeat) return;
    registers[REG.RCX] = (registers[REG.RCX] ?? 0n) - 1n;
  }
};

const play = (registers: Registers, access: Access, address: Address, bus: MmioBus): void => {
  const { size } = access;
  switch (access.kind) {
    case "load": {
      const value = bus.read(address, size);
      const wide = access.signed ? BigInt.asIntN(size * 8, value) : value;
      return setRegister(registers, access.register, wide, access.width, access.highByte);
    }
    case "store":
      return bus.write(address, size, sourceValue(registers, access.value, size));
    case "exchange": {
      const old = bus.read(address, size);
      bus.write(address, size, (registers[access.register] ?? 0n) & allOnes(size));
      return setRegister(registers, access.register, old, size);
    }
    case "string":
      return playString(registers, access, bus);
    case "compute": {
      const memory = bus.read(address, size);
      const other = sourceValue(registers, access.value, size);
      const operands = access.to === "memory" ? ([memory, other] as const) : ([other, memory] as const);
      const { result, flags } = compute(access.operation, operands, size, registers[REG.RFLAGS] ?? 0n);
      registers[REG.RFLAGS] = flags;
      if (access.operation === "cmp" || access.operation === "test") return undefined;
      if (access.to === "memory") return bus.write(address, size, result);
      return setRegister(registers, access.to, result, size);
    }
  }
};

/** The instruction at RIP faulted at `address`, a device's: does it, and goes on behind it. False for what is not known. */
export const playInstruction = (
  executor: Executor,
  code: Uint8Array,
  address: Address,
  bus: MmioBus,
): boolean => {
  const access = decodeAccess(code);
  if (access === undefined) return false;
  const { registers } = executor;
  play(registers, access, address, bus);
  executor.setRegister(REG.RIP, executor.register(REG.RIP) + access.length);
  return true;
};
