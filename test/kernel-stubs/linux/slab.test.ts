import { expect, test } from "vitest";
import * as copies from "../../../kernel-stubs/linux/string-copies.ts";
import * as slab from "../../../kernel-stubs/linux/slab.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";

test("kmalloc_caches holds a cache for each size, and kmalloc_trace takes from it", () => {
  const { k, memory, heap, call } = createMemoryHarness();
  const table = heap.kmalloc(448, GFP_KERNEL);
  slab.kmallocCaches.init(k, { name: "kmalloc_caches", address: table, size: 448 });
  expect(memory.pointer(table)).toBe(0);
  const caches = Array.from({ length: 13 }, (_, index) => memory.pointer(table + (index + 1) * 8));
  const sizes = caches.map((cache) => call(slab.kmemCacheSize, cache));
  expect(sizes).toEqual([96, 192, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192]);
  const object = call(slab.kmallocTrace, caches[6] ?? 0, GFP_KERNEL, 100);
  expect(heap.objectAt(object + 5)).toMatchObject({
    base: object,
    size: 100,
    cache: "kmalloc-128",
    state: "allocated",
  });
  call(slab.kfree, object);
  expect(heap.objectAt(object)?.state).toBe("freed");
});

test("krealloc keeps, grows, and frees", () => {
  const { call, memory } = createMemoryHarness();
  const p = call(slab.kmalloc, 100, GFP_KERNEL);
  memory.fill(p, 0xab, 128);
  const shrunk = call(slab.krealloc, p, 60, GFP_KERNEL);
  expect(shrunk).toBe(p);
  expect([memory.u8(p + 59), memory.u8(p + 60), memory.u8(p + 127)]).toEqual([0xab, 0, 0]);
  const grown = call(slab.krealloc, p, 300, GFP_KERNEL);
  expect(grown).not.toBe(p);
  expect([memory.u8(grown + 59), memory.u8(grown + 60), call(slab.ksize, grown)]).toEqual([0xab, 0, 512]);
  expect(call(slab.krealloc, grown, 0, GFP_KERNEL)).toBe(0x10);
});

test("what cannot be is NULL", () => {
  const { call, said } = createMemoryHarness();
  expect(call(slab.kmalloc, -1, GFP_KERNEL)).toBe(0);
  expect(call(slab.kmallocLarge, 64 << 20, GFP_KERNEL)).toBe(0);
  expect(said).toEqual(["WARN mm/page_alloc.c:5634"]);
  expect(call(slab.kmallocSizeRoundup, 8193)).toBe(16384);
});

test("SLAB_PANIC panics", () => {
  const { call, text } = createMemoryHarness();
  expect(() => call(slab.kmemCacheCreate, text("p"), 64 << 20, 0, 0x40000, 0)).toThrow(
    "panic: kmem_cache_create_usercopy: Failed to create slab 'p'. Error -22",
  );
});

test("bulk allocation is all or nothing", () => {
  const { call, text, heap, memory } = createMemoryHarness();
  const cache = call(slab.kmemCacheCreate, text("bulk"), 100, 0, 0x80000, 0);
  const array = heap.kmalloc(48, GFP_KERNEL);
  expect(call(slab.kmemCacheAllocBulk, cache, GFP_KERNEL, 6, array)).toBe(6);
  const objects = Array.from({ length: 6 }, (_, index) => memory.pointer(array + index * 8));
  expect(new Set(objects).size).toBe(6);
  call(slab.kmemCacheFreeBulk, cache, 6, array);
  expect(call(slab.kmemCacheShrink, cache)).toBe(0);
});

test("copies of strings and memory", () => {
  const { call, text, memory } = createMemoryHarness();
  const from = text("dup me");
  expect(memory.cstring(call(copies.kstrdup, from, GFP_KERNEL))).toBe("dup me");
  expect(memory.cstring(call(copies.kstrndup, from, 3, GFP_KERNEL))).toBe("dup");
  expect(memory.cstring(call(copies.kmemdupNul, from, 3, GFP_KERNEL))).toBe("dup");
  expect(memory.bytes(call(copies.kmemdup, from, 4, GFP_KERNEL), 4)).toEqual(
    Uint8Array.from(Buffer.from("dup ")),
  );
  expect([call(copies.kstrdup, 0, GFP_KERNEL), call(copies.kmemdup, from, 0, GFP_KERNEL)]).toEqual([0, 0x10]);
});

test("kvmalloc and friends", () => {
  const { call, memory, vmalloc } = createMemoryHarness();
  const p = call(slab.kvmallocNode, 5 << 20, GFP_KERNEL, -1);
  memory.setU8(p + 100, 7);
  const q = call(slab.kvrealloc, p, 5 << 20, 6 << 20, GFP_KERNEL);
  expect([memory.u8(q + 100), call(slab.kvrealloc, q, 100, 50, GFP_KERNEL)]).toEqual([7, q]);
  call(slab.kvfreeSensitive, q, 10);
  expect([...vmalloc.live()]).toEqual([]);
});
