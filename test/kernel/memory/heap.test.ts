import { expect, test } from "vitest";
import { GFP, GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP } from "../../../src/kernel/memory/layout.ts";
import { createTestMemory } from "../../support/kernel-memory.ts";

test("kmalloc gives zeroed memory of its size class, aligned, in the direct map", () => {
  const { heap, host } = createTestMemory();
  const address = heap.kmalloc(100, GFP_KERNEL);
  expect(heap.ksize(address)).toBe(128);
  expect(address % 128).toBeCloseTo(0);
  expect(address).toBeGreaterThan(DIRECT_MAP);
  expect(host.memory.bytes(address, 128).every((byte) => byte === 0)).toBe(true);
  expect([1, 33, 97, 4097].map((size) => heap.ksize(heap.kmalloc(size, GFP.HIGH)))).toEqual([
    8, 64, 128, 8192,
  ]);
  expect(heap.kmalloc(0, GFP_KERNEL)).toBe(0x10);
});

test("freed objects come back last in, first out, and zeroed", () => {
  const { heap, host } = createTestMemory();
  const objects = Array.from({ length: 5 }, () => heap.kmalloc(64, GFP_KERNEL));
  expect(new Set(objects).size).toBe(5);
  host.memory.setU32(objects[2] ?? 0, 5);
  heap.kfree(objects[2] ?? 0);
  expect(host.memory.u32(objects[2] ?? 0)).toBe(5);
  const again = heap.kmalloc(50, GFP_KERNEL);
  expect(again).toBe(objects[2]);
  expect(host.memory.u32(again)).toBe(0);
});

test("freeing twice in a row is the kernel's BUG", () => {
  const { heap } = createTestMemory();
  const address = heap.kmalloc(64, GFP_KERNEL);
  heap.kfree(address);
  expect(() => heap.kfree(address)).toThrow("BUG mm/slub.c:419");
});
