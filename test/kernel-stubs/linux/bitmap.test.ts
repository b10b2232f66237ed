import { describe, expect, it } from "vitest";
import * as bitmap from "../../../kernel-stubs/linux/bitmap.ts";
import * as find from "../../../kernel-stubs/linux/find.ts";
import type { Stub } from "../../../src/stub/declare.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const h = createStubHarness();
const { memory, call } = h;

let seed = 7;
const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
const LONGS = 4;
const mask = (bits: number): bigint => 2n ** BigInt(bits) - 1n;

/** A bitmap of 256 bits, as an address and as a number. */
const makeBitmap = (): { at: number; value: bigint } => {
  const at = h.room(LONGS * 8);
  let value = 0n;
  for (let word = 0; word < LONGS * 2; word++) {
    const bits = random() & (word % 3 === 0 ? random() & random() : -1);
    memory.setU32(at + word * 4, bits >>> 0);
    value |= BigInt(bits >>> 0) << BigInt(word * 32);
  }
  return { at, value };
};
const read = (at: number): bigint => {
  let value = 0n;
  for (let word = 0; word < LONGS; word++) value |= memory.u64(at + word * 8) << BigInt(word * 64);
  return value;
};
const bitsOf = (value: bigint, size: number): number[] =>
  Array.from({ length: size }, (_, bit) => bit).filter((bit) => (value >> BigInt(bit)) & 1n);

const SIZES = [1, 5, 31, 32, 33, 63, 64, 65, 100, 128, 200, 256];

describe("find", () => {
  it.each(SIZES)("agrees with counting, %d bits", (size) => {
    for (let round = 0; round < 20; round++) {
      const [a, b] = [makeBitmap(), makeBitmap()];
      const start = random() % (size + 3);
      const from = (bits: readonly number[]): number => bits.find((bit) => bit >= start) ?? size;
      const all = mask(size);
      const [set, clear] = [bitsOf(a.value, size), bitsOf(~a.value & all, size)];
      const [both, but] = [bitsOf(a.value & b.value, size), bitsOf(a.value & ~b.value & all, size)];
      expect(call(find.findFirstBit, a.at, size)).toBe(set[0] ?? size);
      expect(call(find.findFirstZeroBit, a.at, size)).toBe(clear[0] ?? size);
      expect(call(find.findFirstAndBit, a.at, b.at, size)).toBe(both[0] ?? size);
      expect(call(find.findNextBit, a.at, size, start)).toBe(from(set));
      expect(call(find.findNextZeroBit, a.at, size, start)).toBe(from(clear));
      expect(call(find.findNextAndBit, a.at, b.at, size, start)).toBe(from(both));
      expect(call(find.findNextAndnotBit, a.at, b.at, size, start)).toBe(from(but));
      expect(call(find.findLastBit, a.at, size)).toBe(set.at(-1) ?? size);
      expect(call(find.findNthBit, a.at, size, round)).toBe(set[round] ?? size);
      expect(call(find.findNthAndBit, a.at, b.at, size, round)).toBe(both[round] ?? size);
      expect(call(find.findNthAndnotBit, a.at, b.at, size, round)).toBe(but[round] ?? size);
    }
  });

  it("clumps", () => {
    const { at } = makeBitmap();
    memory.fill(at, 0, 32);
    memory.setU8(at + 5, 0x30);
    const clump = h.room(8);
    expect(call(find.findNextClump8, clump, at, 256, 3)).toBe(40);
    expect(memory.u64(clump)).toBe(0x30n);
    expect(call(find.findNextClump8, clump, at, 256, 46)).toBe(256);
  });
});

describe("bitmaps", () => {
  it.each(SIZES)("combine, %d bits", (size) => {
    const all = mask(size);
    for (let round = 0; round < 10; round++) {
      const [a, b] = [makeBitmap(), makeBitmap()];
      const into = (stub: Stub, ...args: number[]): bigint => {
        const target = h.room(LONGS * 8);
        call(stub, target, ...args);
        return read(target) & all;
      };
      expect(into(bitmap.bitmapAnd, a.at, b.at, size)).toBe(a.value & b.value & all);
      expect(into(bitmap.bitmapOr, a.at, b.at, size)).toBe((a.value | b.value) & all);
      expect(into(bitmap.bitmapXor, a.at, b.at, size)).toBe((a.value ^ b.value) & all);
      expect(into(bitmap.bitmapAndnot, a.at, b.at, size)).toBe(a.value & ~b.value & all);
      expect(into(bitmap.bitmapComplement, a.at, size)).toBe(~a.value & all);
      const shift = random() % size;
      expect(into(bitmap.bitmapShiftLeft, a.at, shift, size)).toBe((a.value << BigInt(shift)) & all);
      expect(into(bitmap.bitmapShiftRight, a.at, shift, size)).toBe((a.value & all) >> BigInt(shift));
      expect(call(bitmap.bitmapWeight, a.at, size)).toBe(bitsOf(a.value, size).length);
      expect(call(bitmap.bitmapWeightAnd, a.at, b.at, size)).toBe(bitsOf(a.value & b.value, size).length);
      expect(call(bitmap.bitmapEqual, a.at, b.at, size)).toBe(Number((a.value & all) === (b.value & all)));
      expect(call(bitmap.bitmapIntersects, a.at, b.at, size)).toBe(Number((a.value & b.value & all) !== 0n));
      expect(call(bitmap.bitmapSubset, a.at, b.at, size)).toBe(Number((a.value & ~b.value & all) === 0n));
      expect(call(bitmap.bitmapEqual, a.at, a.at, size)).toBe(1);
      const [start, length] = [random() % 200, random() % 56];
      const range = mask(length) << BigInt(start);
      call(bitmap.bitmapSet, a.at, start, length);
      expect(read(a.at)).toBe(a.value | range);
      call(bitmap.bitmapClear, a.at, start, length);
      expect(read(a.at)).toBe(a.value & ~range);
    }
  });

  it("shift in place", () => {
    const a = makeBitmap();
    call(bitmap.bitmapShiftLeft, a.at, a.at, 37, 256);
    expect(read(a.at)).toBe((a.value << 37n) & mask(256));
    call(bitmap.bitmapShiftRight, a.at, a.at, 37, 256);
    expect(read(a.at)).toBe(a.value & mask(219));
  });

  it("give out regions", () => {
    const at = h.room(8);
    expect(call(bitmap.bitmapAllocateRegion, at, 2, 1)).toBe(0);
    expect(call(bitmap.bitmapAllocateRegion, at, 3, 0)).toBe(-16);
    expect(call(bitmap.bitmapFindFreeRegion, at, 8, 1)).toBe(0);
    expect(call(bitmap.bitmapFindFreeRegion, at, 8, 2)).toBe(4);
    expect(call(bitmap.bitmapFindFreeRegion, at, 8, 0)).toBe(-12);
    call(bitmap.bitmapReleaseRegion, at, 2, 1);
    expect(memory.u64(at)).toBe(0xf3n);
    memory.setU64(at, 0b1000_0011n);
    expect(call(bitmap.bitmapFindNextZeroAreaOff, at, 64, 0, 4, 0, 0)).toBe(2);
    expect(call(bitmap.bitmapFindNextZeroAreaOff, at, 64, 0, 6, 3, 0)).toBe(8);
    expect(call(bitmap.bitmapFindNextZeroAreaOff, at, 64, 0, 2, 3, 1)).toBe(3);
  });

  it("convert from and to u32 arrays", () => {
    const [target, source, back] = [h.room(16), h.room(12), h.room(12)];
    [0x11111111, 0x22222222, 0xffffffff].forEach((word, index) => memory.setU32(source + index * 4, word));
    memory.fill(target, 0xee, 16);
    call(bitmap.bitmapFromArr32, target, source, 70);
    expect([memory.u64(target), memory.u64(target + 8)]).toEqual([0x22222222_11111111n, 0x3fn]);
    call(bitmap.bitmapToArr32, back, target, 70);
    expect([0, 4, 8].map((offset) => memory.u32(back + offset))).toEqual([0x11111111, 0x22222222, 0x3f]);
  });
});
