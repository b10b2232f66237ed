import { type Address, PAGE_SIZE, toAddress } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import { MAX_ERRNO } from "../../base/errno.ts";
import type { GuestMemory } from "../../machine/memory.ts";
import { LEFT, type PrintfSpec } from "./spec.ts";

const FIRST_ERROR = 2n ** 64n - BigInt(MAX_ERRNO);
const FIRST_PAGE = BigInt(PAGE_SIZE);

/** Pads to the field width. */
export const widen = (text: ByteString, spec: PrintfSpec): ByteString => {
  if (text.length >= spec.width) return text;
  return (spec.flags & LEFT) !== 0 ? text.padEnd(spec.width) : text.padStart(spec.width);
};

/** Text that is known to be readable, cut to the precision and padded to the width. */
export const knownString = (text: ByteString, spec: PrintfSpec): ByteString =>
  widen(spec.precision >= 0 ? text.slice(0, spec.precision) : text, spec);

/** A message in place of a value, at most as long as a pointer unless a precision says otherwise. */
export const errorString = (text: ByteString, spec: PrintfSpec): ByteString =>
  knownString(text, spec.precision === -1 ? { ...spec, precision: 16 } : spec);

/** True for NULL's neighbour at the top: an `ERR_PTR`. `pointer` is an unsigned pattern. */
export const isErrorPointer = (pointer: bigint): boolean => pointer >= FIRST_ERROR;

/** What the kernel prints in place of an object it will not look at, or undefined. */
export const pointerMessage = (pointer: bigint): ByteString | undefined => {
  if (pointer === 0n) return "(null)";
  return pointer < FIRST_PAGE || isErrorPointer(pointer) ? "(efault)" : undefined;
};

/** `%s`. A wild pointer that is neither NULL nor an error faults, as it does in the kernel. */
export const guestString = (memory: GuestMemory, pointer: bigint, spec: PrintfSpec): ByteString => {
  const message = pointerMessage(pointer);
  if (message !== undefined) return errorString(message, spec);
  return widen(readString(memory, toAddress(pointer), spec.precision), spec);
};

const readString = (memory: GuestMemory, address: Address, precision: number): ByteString => {
  if (precision === 0) return "";
  return precision < 0 ? memory.cstring(address) : memory.cstring(address, precision);
};
