import { expect, test } from "vitest";
import * as dma from "../../../kernel-stubs/linux/dma-mapping.ts";
import * as pool from "../../../kernel-stubs/linux/dmapool.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP } from "../../../src/kernel/memory/layout.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";

test("objects of a pool follow each other, keep within the boundary, and come back", () => {
  const { call, text, heap, memory } = createMemoryHarness();
  const handle = heap.kmalloc(8, GFP_KERNEL);
  const dp = call(pool.dmaPoolCreate, text("t_pool"), 0, 48, 16, 128);
  const take = (): number => call(pool.dmaPoolAlloc, dp, GFP_KERNEL, handle);
  const objects = [take(), take(), take()];
  const offsets = objects.map((object) => object - (objects[0] ?? 0));
  expect(offsets).toEqual([0, 48, 128]);
  expect(memory.u64(handle)).toBe(BigInt((objects[2] ?? 0) - DIRECT_MAP));
  memory.fill(objects[1] ?? 0, 1, 48);
  call(pool.dmaPoolFree, dp, objects[1] ?? 0, BigInt((objects[1] ?? 0) - DIRECT_MAP));
  expect(take()).toBe(objects[1]);
  expect(memory.u32((objects[1] ?? 0) + 4)).toBe(0);
});

test("pools that cannot be, and destroying one in use", () => {
  const { call, text, log, heap } = createMemoryHarness();
  expect(call(pool.dmaPoolCreate, text("a"), 0, 0, 16, 0)).toBe(0);
  expect(call(pool.dmaPoolCreate, text("a"), 0, 48, 24, 0)).toBe(0);
  expect(call(pool.dmaPoolCreate, text("a"), 0, 48, 16, 32)).toBe(0);
  expect(log).toEqual([]);
  const dp = call(pool.dmaPoolCreate, text("t_pool"), 0, 48, 16, 0);
  const object = call(pool.dmaPoolAlloc, dp, GFP_KERNEL, heap.kmalloc(8, GFP_KERNEL));
  call(pool.dmaPoolFree, dp, object, 0x12345678n);
  call(pool.dmaPoolDestroy, dp);
  expect(log[0]).toMatch(/^<3>dma_pool_free t_pool, 00000000[0-9a-f]{8}\/0x0000000012345678 \(bad dma\)$/);
  expect(log[1]).toMatch(/^<3>dma_pool_destroy t_pool, 00000000[0-9a-f]{8} busy$/);
});

test("coherent memory is where the device sees it", () => {
  const { call, heap, memory, pages } = createMemoryHarness();
  const device = heap.kmalloc(800, GFP_KERNEL);
  const handle = heap.kmalloc(8, GFP_KERNEL);
  const free = pages.figures().free;
  const address = call(dma.dmaAllocAttrs, device, 5000, handle, GFP_KERNEL, 0n);
  expect(memory.u64(handle)).toBe(BigInt(address - DIRECT_MAP));
  expect((address - DIRECT_MAP) % 8192).toBe(0);
  call(dma.dmaFreeAttrs, device, 5000, address, memory.u64(handle), 0n);
  expect(pages.figures().free).toBeGreaterThanOrEqual(free - 1);
  expect(call(dma.dmaSetMask, device, 0xffffffffn)).toBe(-5);
  expect(() => call(dma.dmaAllocAttrs, 0, 5000, handle, GFP_KERNEL, 0n)).toThrow("fault");
});

test("a scatter list is mapped entry by entry, over a chain", () => {
  const { call, heap, memory, pages } = createMemoryHarness();
  const first = heap.kmalloc(64, GFP_KERNEL);
  const second = heap.kmalloc(32, GFP_KERNEL);
  const page = pages.allocPages(0, GFP_KERNEL);
  const entry = (at: number, length: number, bits: number): void => {
    memory.setPointer(at, page + bits);
    memory.setU32(at + 8, 16);
    memory.setU32(at + 12, length);
  };
  entry(first, 100, 0);
  memory.setPointer(first + 32, second + 1);
  entry(second, 50, 2);
  expect(call(dma.dmaMapSgAttrs, 0, first, 5, 1, 0n)).toBe(2);
  const physical = BigInt(pages.pageToFrame(page) * 4096 + 16);
  expect([memory.u64(first + 16), memory.u64(second + 16), memory.u32(second + 24)]).toEqual([
    physical,
    physical,
    50,
  ]);
});
