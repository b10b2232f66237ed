import { expect, test } from "vitest";
import * as gfp from "../../../kernel-stubs/linux/gfp.ts";
import * as frag from "../../../kernel-stubs/linux/gfp-page-frag.ts";
import * as shrinker from "../../../kernel-stubs/linux/shrinker.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";

test("fragments come from the end of a page, and the page goes with the last of them", () => {
  const { call, heap, pages } = createMemoryHarness();
  const cache = heap.kmalloc(24, GFP_KERNEL);
  const take = (size: number): number => call(frag.pageFragAllocAlign, cache, size, GFP_KERNEL, 0xffffffff);
  const first = take(1000);
  const second = take(24);
  expect(first - second).toBe(24);
  expect(call(frag.pageFragAllocAlign, cache, 10, GFP_KERNEL, 0xffffffc0) % 64).toBeCloseTo(0);
  expect(take(40_000)).toBe(0);
  const other = take(32_000);
  expect(pages.virtToPage(other)).not.toBe(pages.virtToPage(first));
  const held = Array.from({ length: 200 }, () => take(1000));
  expect(new Set(held).size).toBe(200);
  for (const part of [first, second, other, ...held]) call(frag.pageFragFree, part);
});

test("pages in bulk fill an array's empty places, or a list", () => {
  const { call, heap, memory, k } = createMemoryHarness();
  const array = heap.kmalloc(32, GFP_KERNEL);
  memory.setPointer(array + 8, 0x1234);
  expect(call(gfp.allocPagesBulk, GFP_KERNEL, 0, 0, 4, 0, array)).toBe(4);
  expect(memory.pointer(array + 8)).toBe(0x1234);
  expect(memory.pointer(array + 24)).toBeLessThan(0);
  const head = heap.kmalloc(16, GFP_KERNEL);
  memory.setPointer(head, head);
  memory.setPointer(head + 8, head);
  expect(call(gfp.allocPagesBulk, GFP_KERNEL, 0, 0, 3, head, 0)).toBe(3);
  let [node, length] = [memory.pointer(head), 0];
  for (; node !== head; node = memory.pointer(node)) length += 1;
  expect([length, memory.pointer(memory.pointer(head) + 8)]).toEqual([3, head]);
  expect(k.offsetOf("page", "lru")).toBe(8);
});

test("a shrinker is registered once", () => {
  const { call, heap, memory, k } = createMemoryHarness();
  const at = heap.kmalloc(k.sizeOf("shrinker"), GFP_KERNEL);
  expect(call(shrinker.registerShrinker, at, 0)).toBe(0);
  expect(memory.u32(at + k.offsetOf("shrinker", "flags")) & 1).toBe(1);
  call(shrinker.unregisterShrinker, at);
  call(shrinker.unregisterShrinker, at);
  expect(memory.pointer(at + k.offsetOf("shrinker", "nr_deferred"))).toBe(0);
});
