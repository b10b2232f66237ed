import type { Address } from "../base/address.ts";
import type { GuestMemory } from "../machine/memory.ts";
import type { FieldType, StructField } from "./struct-layout.ts";

/** Reads and writes one field of the struct that starts at `base`. */
export interface Accessor {
  get(base: Address): unknown;
  set(base: Address, value: never): void;
}

const typed = <T>(get: (base: Address) => T, set: (base: Address, value: T) => void): Accessor => ({
  get,
  set: set as Accessor["set"],
});

/** 64-bit types that are numbers all the same, as in prototypes (src/abi/typedefs.ts). */
const NUMBER_TYPES: ReadonlySet<string> = new Set([
  "size_t",
  "ssize_t",
  "loff_t",
  "__kernel_size_t",
  "__kernel_ssize_t",
  "__kernel_loff_t",
]);

/** Whether a field is a `number` in spite of its 64 bits. */
export const isNumberType = (ctype: string): boolean => NUMBER_TYPES.has(ctype);

const wideAccessor = (memory: GuestMemory, offset: number, signed: boolean): Accessor =>
  signed
    ? typed(
        (base) => memory.i64(base + offset),
        (base, value: bigint) => memory.setU64(base + offset, BigInt.asUintN(64, value)),
      )
    : typed(
        (base) => memory.u64(base + offset),
        (base, value: bigint) => memory.setU64(base + offset, BigInt.asUintN(64, value)),
      );

const intAccessor = (
  memory: GuestMemory,
  offset: number,
  size: number,
  signed: boolean,
): Accessor | undefined => {
  switch (size) {
    case 1:
      return typed(
        signed ? (base) => (memory.u8(base + offset) << 24) >> 24 : (base) => memory.u8(base + offset),
        (base, value: number) => memory.setU8(base + offset, value & 0xff),
      );
    case 2:
      return typed(
        signed ? (base) => (memory.u16(base + offset) << 16) >> 16 : (base) => memory.u16(base + offset),
        (base, value: number) => memory.setU16(base + offset, value & 0xffff),
      );
    case 4:
      return typed(
        signed ? (base) => memory.i32(base + offset) : (base) => memory.u32(base + offset),
        (base, value: number) => memory.setU32(base + offset, value >>> 0),
      );
    default:
      return undefined;
  }
};

/** Undefined for what host code cannot hold in one value (128-bit integers, unknown types). */
export const scalarAccessor = (
  memory: GuestMemory,
  offset: number,
  type: FieldType,
  ctype: string,
): Accessor | undefined => {
  switch (type.kind) {
    case "bool":
      return typed(
        (base) => memory.u8(base + offset) !== 0,
        (base, value: boolean) => memory.setU8(base + offset, value ? 1 : 0),
      );
    case "pointer":
      return typed(
        (base) => memory.pointer(base + offset),
        (base, value: Address) => memory.setPointer(base + offset, value),
      );
    case "int":
      if (type.size !== 8) return intAccessor(memory, offset, type.size, type.signed);
      // A size is an address's twin: both fit a number.
      if (isNumberType(ctype)) return scalarAccessor(memory, offset, { kind: "pointer", size: 8 }, ctype);
      return wideAccessor(memory, offset, type.signed);
    default:
      return undefined;
  }
};

interface UnitAccess {
  read(address: Address): number;
  write(address: Address, value: number): void;
}

const unitAccess = (memory: GuestMemory, size: number): UnitAccess => {
  switch (size) {
    case 1:
      return { read: (at) => memory.u8(at), write: (at, value) => memory.setU8(at, value & 0xff) };
    case 2:
      return { read: (at) => memory.u16(at), write: (at, value) => memory.setU16(at, value & 0xffff) };
    default:
      return { read: (at) => memory.u32(at), write: (at, value) => memory.setU32(at, value >>> 0) };
  }
};

type Bits = NonNullable<StructField["bits"]>;

/** Bit fields of 64-bit types, and those that reach across their unit (packed structs). */
const wideBitField = (memory: GuestMemory, offset: number, signed: boolean, bits: Bits): Accessor => {
  const first = BigInt(bits.first);
  const mask = ((1n << BigInt(bits.width)) - 1n) << first;
  const read = (base: Address): bigint => {
    const raw = (memory.u64(base + offset) & mask) >> first;
    return signed ? BigInt.asIntN(bits.width, raw) : raw;
  };
  const write = (base: Address, value: bigint): void => {
    const old = memory.u64(base + offset) & ~mask;
    memory.setU64(base + offset, BigInt.asUintN(64, old | ((value << first) & mask)));
  };
  if (bits.width > 32) return typed(read, write);
  return typed(
    (base) => Number(read(base)),
    (base, value: number) => write(base, BigInt(value)),
  );
};

/** Up to 32 bits a number, a bool's one bit a boolean, more a bigint. */
export const bitFieldAccessor = (
  memory: GuestMemory,
  offset: number,
  type: FieldType,
  bits: Bits,
): Accessor => {
  const size = type.kind === "int" || type.kind === "bool" ? type.size : 1;
  const signed = type.kind === "int" && type.signed;
  const { first, width } = bits;
  if (first + width > 32 || size > 4) return wideBitField(memory, offset, signed, bits);
  const unit = unitAccess(memory, first + width > size * 8 ? 4 : size);
  const mask = (width === 32 ? -1 : (1 << width) - 1) << first;
  // Shifting the field to the top and back extends its sign.
  const [up, down] = [32 - first - width, 32 - width];
  const write = (base: Address, value: number): void => {
    const old = unit.read(base + offset) & ~mask;
    unit.write(base + offset, old | ((value << first) & mask));
  };
  if (type.kind === "bool") {
    return typed(
      (base) => (unit.read(base + offset) & mask) !== 0,
      (base, on: boolean) => write(base, on ? 1 : 0),
    );
  }
  return typed(
    signed
      ? (base) => (unit.read(base + offset) << up) >> down
      : (base) => (unit.read(base + offset) << up) >>> down,
    write,
  );
};
