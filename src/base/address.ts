/**
 * A guest virtual address, sign-extended to a JavaScript number.
 *
 * Canonical x86-64 addresses have 48 significant bits, so every one of them is exact as a
 * (negative, in the upper half) double and costs no bigint. A pointer that is not canonical
 * loses low bits here; it can only be faulted on, never dereferenced.
 */
export type Address = number;

const TWO_32 = 2 ** 32;
const TWO_64 = 2n ** 64n;

/** The address whose 64-bit pattern is `hi:lo` (each taken modulo 2^32). */
export const addressFromHalves = (lo: number, hi: number): Address => (hi | 0) * TWO_32 + (lo >>> 0);

/** Upper 32 bits of the pattern, as an unsigned number. */
export const highHalf = (address: Address): number => Math.floor(address / TWO_32) >>> 0;

/** Lower 32 bits of the pattern, as an unsigned number. */
export const lowHalf = (address: Address): number => address - Math.floor(address / TWO_32) * TWO_32;

export const toAddress = (pattern: bigint): Address => Number(BigInt.asIntN(64, pattern));

/** The unsigned 64-bit pattern of an address. */
export const toPattern = (address: Address): bigint => {
  const signed = BigInt(address);
  return signed < 0n ? signed + TWO_64 : signed;
};

/** 16 hex digits, as the kernel prints `%016lx`. */
export const hex16 = (address: Address | bigint): string =>
  (typeof address === "bigint" ? BigInt.asUintN(64, address) : toPattern(address))
    .toString(16)
    .padStart(16, "0");

export const alignUp = (value: number, alignment: number): number => Math.ceil(value / alignment) * alignment;

export const alignDown = (value: number, alignment: number): number =>
  Math.floor(value / alignment) * alignment;

export const PAGE_SIZE = 4096;
