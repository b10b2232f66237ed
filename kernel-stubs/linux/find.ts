/** include/linux/find.h, as lib/find_bit.c does it. */
import { findLast, findNext, findNth, type Words, wordsAt } from "../../src/kernel/data/bits.ts";
import type { Address } from "../../src/base/address.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub } from "../../src/stub/declare.ts";

const inverted = (k: Kernel, at: Address): Words => {
  const words = wordsAt(k.memory, at);
  return (index) => ~words(index);
};
const both = (k: Kernel, a: Address, b: Address): Words => {
  const [left, right] = [wordsAt(k.memory, a), wordsAt(k.memory, b)];
  return (index) => left(index) & right(index);
};
const butNot = (k: Kernel, a: Address, b: Address): Words => {
  const [left, right] = [wordsAt(k.memory, a), wordsAt(k.memory, b)];
  return (index) => left(index) & ~right(index);
};

export const findFirstBit = stub(
  "unsigned long _find_first_bit(const unsigned long *addr, unsigned long size)",
  (k, { addr, size }) => findNext(wordsAt(k.memory, addr), Number(size), 0),
);

export const findFirstZeroBit = stub(
  "unsigned long _find_first_zero_bit(const unsigned long *addr, unsigned long size)",
  (k, { addr, size }) => findNext(inverted(k, addr), Number(size), 0),
);

export const findFirstAndBit = stub(
  "unsigned long _find_first_and_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long size)",
  (k, { addr1, addr2, size }) => findNext(both(k, addr1, addr2), Number(size), 0),
);

export const findNextBit = stub(
  "unsigned long _find_next_bit(const unsigned long *addr, unsigned long nbits, unsigned long start)",
  (k, { addr, nbits, start }) => findNext(wordsAt(k.memory, addr), Number(nbits), Number(start)),
);

export const findNextZeroBit = stub(
  "unsigned long _find_next_zero_bit(const unsigned long *addr, unsigned long nbits, unsigned long start)",
  (k, { addr, nbits, start }) => findNext(inverted(k, addr), Number(nbits), Number(start)),
);

export const findNextAndBit = stub(
  "unsigned long _find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long nbits, unsigned long start)",
  (k, { addr1, addr2, nbits, start }) => findNext(both(k, addr1, addr2), Number(nbits), Number(start)),
);

export const findNextAndnotBit = stub(
  "unsigned long _find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long nbits, unsigned long start)",
  (k, { addr1, addr2, nbits, start }) => findNext(butNot(k, addr1, addr2), Number(nbits), Number(start)),
);

export const findLastBit = stub(
  "unsigned long _find_last_bit(const unsigned long *addr, unsigned long size)",
  (k, { addr, size }) => findLast(wordsAt(k.memory, addr), Number(size)),
);

export const findNthBit = stub(
  "unsigned long __find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n)",
  (k, { addr, size, n }) => findNth(wordsAt(k.memory, addr), Number(size), Number(n)),
);

export const findNthAndBit = stub(
  "unsigned long __find_nth_and_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long size, unsigned long n)",
  (k, { addr1, addr2, size, n }) => findNth(both(k, addr1, addr2), Number(size), Number(n)),
);

export const findNthAndnotBit = stub(
  "unsigned long __find_nth_andnot_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long size, unsigned long n)",
  (k, { addr1, addr2, size, n }) => findNth(butNot(k, addr1, addr2), Number(size), Number(n)),
);

/** The first byte at or after `offset` with a bit set, stored in `*clump`; its first bit. */
export const findNextClump8 = stub(
  "unsigned long find_next_clump8(unsigned long *clump, const unsigned long *addr, unsigned long size, unsigned long offset)",
  (k, { clump, addr, size, offset }) => {
    const found = findNext(wordsAt(k.memory, addr), Number(size), Number(offset));
    if (found === Number(size)) return size;
    const start = Math.floor(found / 8) * 8;
    k.memory.setU64(clump, BigInt(k.memory.u8(addr + start / 8)));
    return start;
  },
);
