import { describe, expect, it } from "vitest";
import * as radix from "../../../kernel-stubs/linux/radix-tree.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const setup = () => {
  const h = createStubHarness();
  const root = h.room(16);
  const iter = h.room(32);
  /** radix_tree_for_each_slot and _tagged, with the inline part of <linux/radix-tree.h>. */
  const each = (flags: number, visit: (index: number, slot: number) => void = () => {}): number[] => {
    const seen: number[] = [];
    h.memory.setU64(iter, 0n);
    h.memory.setU64(iter + 8, 0n);
    for (let slot = h.call(radix.radixTreeNextChunk, root, iter, flags); slot !== 0;) {
      const index = h.memory.u64(iter);
      seen.push(Number(index));
      visit(Number(index), slot);
      slot = nextSlot(slot, flags) ?? h.call(radix.radixTreeNextChunk, root, iter, flags);
    }
    return seen;
  };
  const nextSlot = (slot: number, flags: number): number | undefined => {
    const count = Number(h.memory.u64(iter + 8) - h.memory.u64(iter));
    let tags = h.memory.u64(iter + 16);
    for (let step = 1; step < count; step++) {
      tags >>= 1n;
      const wanted = (flags & 0x10) === 0 ? h.memory.u64(slot + step * 8) !== 0n : (tags & 1n) === 1n;
      if (!wanted) continue;
      h.memory.setU64(iter, h.memory.u64(iter) + BigInt(step));
      h.memory.setU64(iter + 16, tags);
      return slot + step * 8;
    }
    return undefined;
  };
  return { ...h, root, iter, each };
};

const INDEXES = [0, 1, 5, 63, 64, 200, 4095, 4096, 100_000];

describe("radix trees", () => {
  it("insert, look up, delete", () => {
    const { call, root, memory } = setup();
    for (const index of INDEXES) {
      expect(call(radix.radixTreeInsert, root, index, 0x1000 + index * 8)).toBe(0);
      expect(call(radix.radixTreeInsert, root, index, 0x1000)).toBe(-17);
    }
    for (const index of INDEXES) {
      expect(call(radix.radixTreeLookup, root, index)).toBe(0x1000 + index * 8);
      const slot = call(radix.radixTreeLookupSlot, root, index);
      expect(memory.pointer(slot)).toBe(0x1000 + index * 8);
    }
    expect(call(radix.radixTreeLookup, root, 2)).toBe(0);
    expect(call(radix.radixTreeDeleteItem, root, 5, 0x9999)).toBe(0);
    expect(call(radix.radixTreeDeleteItem, root, 5, 0x1000 + 40)).toBe(0x1000 + 40);
    for (const index of INDEXES) call(radix.radixTreeDelete, root, index);
    expect(memory.u64(root + 8)).toBe(0n);
  });

  it("are walked chunk by chunk, also by tag, and deleted from on the way", () => {
    const { call, root, iter, each } = setup();
    for (const index of INDEXES) call(radix.radixTreeInsert, root, index, 0x1000 + index * 8);
    expect(each(0)).toEqual(INDEXES);
    for (const index of [1, 64, 4096]) call(radix.radixTreeTagSet, root, index, 2);
    expect(call(radix.radixTreeTagged, root, 2)).toBe(1);
    expect(call(radix.radixTreeTagged, root, 1)).toBe(0);
    expect(each(0x10 | 2)).toEqual([1, 64, 4096]);
    expect(call(radix.radixTreeTagGet, root, 64, 2)).toBe(1);
    call(radix.radixTreeTagClear, root, 64, 2);
    expect(each(0x10 | 2)).toEqual([1, 4096]);
    expect(each(0, (_, slot) => call(radix.radixTreeIterDelete, root, iter, slot))).toEqual(INDEXES);
    expect(each(0)).toEqual([]);
  });

  it("are gathered", () => {
    const { call, root, room, memory } = setup();
    for (const index of INDEXES) call(radix.radixTreeInsert, root, index, 0x1000 + index * 8);
    call(radix.radixTreeTagSet, root, 200, 0);
    const results = room(80);
    expect(call(radix.radixTreeGangLookup, root, results, 5, 3)).toBe(3);
    expect([0, 8, 16].map((at) => memory.pointer(results + at))).toEqual(
      [5, 63, 64].map((i) => 0x1000 + i * 8),
    );
    expect(call(radix.radixTreeGangLookupTag, root, results, 0, 10, 0)).toBe(1);
    expect(call(radix.radixTreeGangLookupTagSlot, root, results, 0, 10, 0)).toBe(1);
    expect(memory.pointer(memory.pointer(results))).toBe(0x1000 + 1600);
  });
});
