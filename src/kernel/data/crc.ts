/** Cyclic redundancy checks over bytes, one table of 256 for each polynomial, made when first used. */
import type { Address } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** How one byte changes the remainder. */
export type Crc = (crc: number, byte: number) => number;

const table = (entry: (byte: number) => number): (() => Uint32Array) => {
  let made: Uint32Array | undefined;
  return () => (made ??= Uint32Array.from({ length: 256 }, (_, byte) => entry(byte)));
};

/** Lowest bit first; `polynomial` bit-reversed, as such CRCs write it. */
export const reflectedTable = (polynomial: number): (() => Uint32Array) =>
  table((byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });

/** Highest bit first, `width` bits. */
export const plainTable = (polynomial: number, width: 16 | 32): (() => Uint32Array) =>
  table((byte) => {
    const top = width === 32 ? 0x8000_0000 : 0x8000;
    let value = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = (value & top) === 0 ? value << 1 : (value << 1) ^ polynomial;
    return width === 32 ? value >>> 0 : value & 0xffff;
  });

/** A CRC of `width` bits from its table. */
export const reflectedCrc =
  (entries: () => Uint32Array): Crc =>
  (crc, byte) =>
    ((entries()[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)) >>> 0;

export const plainCrc =
  (entries: () => Uint32Array, width: 16 | 32): Crc =>
  (crc, byte) => {
    const next = (entries()[((crc >>> (width - 8)) ^ byte) & 0xff] ?? 0) ^ (crc << 8);
    return width === 32 ? next >>> 0 : next & 0xffff;
  };

const CHUNK = 4096;

/** Over guest memory. */
export const crcOf = (memory: GuestMemory, crc: Crc, start: number, at: Address, length: number): number => {
  let value = start;
  for (let done = 0; done < length; done += CHUNK) {
    for (const byte of memory.bytes(at + done, Math.min(CHUNK, length - done))) value = crc(value, byte);
  }
  return value;
};

/** crc32_le_shift: what `length` zero bytes make of a CRC, in steps that double. */
export const shiftByZeros = (crc: Crc, start: number, length: number): number => {
  // Columns of the matrix for 2^i zero bytes: what it makes of each single bit.
  let columns = Array.from({ length: 32 }, (_, bit) => crc((1 << bit) >>> 0, 0));
  const apply = (value: number): number => {
    let result = 0;
    for (let bit = 0; bit < 32; bit++) if ((value >>> bit) & 1) result ^= columns[bit] ?? 0;
    return result >>> 0;
  };
  let value = start;
  for (let left = length; left >= 1; left = Math.floor(left / 2)) {
    if (left % 2 === 1) value = apply(value);
    columns = columns.map(apply);
  }
  return value;
};
