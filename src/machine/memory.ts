import type { Address } from "../base/address.ts";
import type { ByteString } from "../base/bytes.ts";

/**
 * Guest virtual memory as host code reads and writes it, with the guest's own page tables.
 * Every access may throw GuestFault. Little endian, no alignment needed.
 */
export interface GuestMemory {
  u8(address: Address): number;
  u16(address: Address): number;
  u32(address: Address): number;
  i32(address: Address): number;
  u64(address: Address): bigint;
  i64(address: Address): bigint;
  /** A 64-bit pointer or size as a number (see Address). */
  pointer(address: Address): Address;
  setU8(address: Address, value: number): void;
  setU16(address: Address, value: number): void;
  setU32(address: Address, value: number): void;
  setU64(address: Address, value: bigint): void;
  /** 64 bits as two words. */
  setHalves(address: Address, low: number, high: number): void;
  setPointer(address: Address, value: Address): void;
  /** A copy. */
  bytes(address: Address, length: number): Uint8Array;
  write(address: Address, bytes: Uint8Array): void;
  fill(address: Address, value: number, length: number): void;
  /** Up to the NUL or `limit` bytes, without the NUL. */
  cstring(address: Address, limit?: number): ByteString;
  /** Writes `text` and a NUL. */
  setCstring(address: Address, text: ByteString): void;
  /** True when all of [address, address + length) may be accessed so by the kernel. */
  accessible(address: Address, length: number, access: "read" | "write"): boolean;
}
