/** Byte-wise work on guest memory that stops where the guest's own loop would fault. */
import { type Address, PAGE_SIZE } from "../../base/address.ts";
import type { GuestMemory } from "../../machine/memory.ts";

/** How far both ranges stay within their pages. */
const together = (a: Address, b: Address, length: number): number =>
  Math.min(length, PAGE_SIZE - (a & 0xfff), PAGE_SIZE - (b & 0xfff));

/** Lowest byte first, as `rep movsb`; what lies before a fault is copied. */
export const copyForward = (memory: GuestMemory, to: Address, from: Address, length: number): void => {
  for (let done = 0; done < length;) {
    const size = together(to + done, from + done, length - done);
    memory.write(to + done, memory.bytes(from + done, size));
    done += size;
  }
};

/** Highest byte first: for ranges where the source lies below an overlapping target. */
const copyBackward = (memory: GuestMemory, to: Address, from: Address, length: number): void => {
  for (let left = length; left > 0;) {
    const size = Math.min(left, ((to + left - 1) & 0xfff) + 1, ((from + left - 1) & 0xfff) + 1);
    left -= size;
    memory.write(to + left, memory.bytes(from + left, size));
  }
};

/** memmove(). */
export const moveBytes = (memory: GuestMemory, to: Address, from: Address, length: number): void =>
  from < to && from + length > to
    ? copyBackward(memory, to, from, length)
    : copyForward(memory, to, from, length);

/** Difference of the first bytes that differ, 0 when none does. */
export const compareBytes = (memory: GuestMemory, a: Address, b: Address, length: number): number => {
  for (let done = 0; done < length;) {
    const size = together(a + done, b + done, length - done);
    const left = memory.bytes(a + done, size);
    const right = memory.bytes(b + done, size);
    if (Buffer.compare(left, right) !== 0) {
      const at = left.findIndex((byte, index) => byte !== right[index]);
      return (left[at] ?? 0) - (right[at] ?? 0);
    }
    done += size;
  }
  return 0;
};

/** Address of the first byte that `wanted` accepts, or undefined when none of `length` bytes is. */
export const findByte = (
  memory: GuestMemory,
  start: Address,
  length: number,
  wanted: (byte: number) => boolean,
): Address | undefined => {
  for (let done = 0; done < length;) {
    const size = together(start + done, start + done, length - done);
    const at = memory.bytes(start + done, size).findIndex(wanted);
    if (at >= 0) return start + done + at;
    done += size;
  }
  return undefined;
};
