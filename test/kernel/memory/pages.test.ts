import { expect, test } from "vitest";
import { GFP, GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP, VMEMMAP, orderOf } from "../../../src/kernel/memory/layout.ts";
import { createTestMemory, testOffsets } from "../../support/kernel-memory.ts";

const REFCOUNT = testOffsets("page", "_refcount");

test("a block is naturally aligned, zeroed and described by struct page", () => {
  const { pages, host } = createTestMemory();
  const page = pages.allocPages(2, GFP_KERNEL);
  const address = pages.pageToVirt(page);
  expect((address - DIRECT_MAP) % 16384).toBe(0);
  expect(pages.virtToPage(address)).toBe(page);
  expect(page).toBe(VMEMMAP + ((address - DIRECT_MAP) / 4096) * 64);
  expect([0, 1, 3].map((index) => host.memory.i32(page + index * 64 + REFCOUNT))).toEqual([1, 0, 0]);
  expect(host.memory.bytes(address, 16384).every((byte) => byte === 0)).toBe(true);
});

test("a compound block has its order in the head and tails that point there", () => {
  const { pages, host } = createTestMemory();
  const page = pages.allocPages(3, GFP_KERNEL | GFP.COMP);
  expect(host.memory.u32(page) & 0x10000).toBe(0x10000);
  expect(host.memory.u8(page + 64 + testOffsets("page", "compound_order"))).toBe(3);
  expect(host.memory.pointer(page + 5 * 64 + testOffsets("page", "compound_head"))).toBe(page + 1);
});

test("the last reference frees, a second free changes nothing", () => {
  const { pages, host } = createTestMemory();
  const warm = pages.allocPages(0, GFP_KERNEL);
  const free = pages.figures().free;
  const page = pages.allocPages(0, GFP_KERNEL);
  host.memory.setU32(page + REFCOUNT, 2);
  pages.freePages(page, 0);
  expect(pages.figures().free).toBe(free - 1);
  pages.freePages(page, 0);
  expect(pages.figures().free).toBe(free);
  pages.freePages(page, 0);
  expect(pages.figures().free).toBe(free);
  expect(pages.allocPages(0, GFP_KERNEL)).not.toBe(warm);
});

test("alloc_pages_exact gives back what it does not need", () => {
  const { pages, host } = createTestMemory();
  pages.freeAddress(pages.getFreePages(3, GFP_KERNEL), 3);
  const free = pages.figures().free;
  const address = pages.allocExact(5 * 4096, GFP_KERNEL);
  expect(pages.figures().free).toBe(free - 5);
  const page = pages.virtToPage(address);
  expect([0, 1, 4].map((index) => host.memory.i32(page + index * 64 + REFCOUNT))).toEqual([1, 1, 1]);
  pages.freeExact(address, 5 * 4096);
  expect(pages.figures().free).toBe(free);
});

test("no memory is an answer, too large an order a warning, once", () => {
  const { pages, said } = createTestMemory({ megabytes: 4 });
  expect(pages.getFreePages(10, GFP_KERNEL | GFP.NOWARN)).toBe(0);
  expect(pages.allocPages(11, GFP_KERNEL | GFP.NOWARN)).toBe(0);
  expect(said).toEqual([]);
  expect(pages.allocPages(11, GFP_KERNEL)).toBe(0);
  expect(pages.allocPages(11, GFP_KERNEL)).toBe(0);
  expect(said).toEqual(["WARN mm/page_alloc.c:5634"]);
  expect(pages.getFreePages(10, GFP_KERNEL)).toBe(0);
  expect(said[1]).toBe(
    "<4>init: page allocation failure: order:10, mode:0xcc0(GFP_KERNEL), nodemask=(null),cpuset=/,mems_allowed=0\n",
  );
  let count = 0;
  while (pages.getFreePages(0, GFP_KERNEL) !== 0) count += 1;
  expect(count).toBeGreaterThan(900);
});

test("with unmapFreed a late access faults; the stock kernel lets it pass", () => {
  const strict = createTestMemory({ policy: { unmapFreed: true } });
  const gone = strict.pages.getFreePages(0, GFP_KERNEL);
  strict.pages.freeAddress(gone, 0);
  expect(() => strict.host.memory.u8(gone)).toThrow("fault");
  const stock = createTestMemory();
  const stale = stock.pages.getFreePages(0, GFP_KERNEL);
  stock.pages.freeAddress(stale, 0);
  expect(stock.host.memory.u8(stale)).toBe(0);
});

test("DMA memory lies below 16 MB, other memory above it", () => {
  const { pages } = createTestMemory({ megabytes: 64 });
  expect(pages.getFreePages(2, GFP.DMA) - DIRECT_MAP).toBeLessThan(0x1000000);
  expect(pages.getFreePages(2, GFP_KERNEL) - DIRECT_MAP).toBeGreaterThanOrEqual(0x1000000);
});

test("get_order", () => {
  expect([1, 4096, 4097, 12288, 2 ** 20].map(orderOf)).toEqual([0, 0, 1, 2, 8]);
});

test("using up everything in every way fails softly", () => {
  const { pages, heap, vmalloc, percpu, io } = createTestMemory({ megabytes: 16 });
  const drain = (take: () => number): number => {
    let count = 0;
    while (take() !== 0 && count < 1_000_000) count += 1;
    return count;
  };
  expect(drain(() => heap.kmalloc(8000, GFP_KERNEL | GFP.NOWARN))).toBeGreaterThan(100);
  expect(drain(() => heap.kmalloc(8, GFP_KERNEL | GFP.NOWARN))).toBeLessThan(1_000_000);
  drain(() => pages.getFreePages(0, GFP_KERNEL));
  drain(() => vmalloc.alloc(4096, GFP_KERNEL | GFP.NOWARN));
  drain(() => percpu.alloc(4096, 8, GFP_KERNEL));
  expect(io.map(0xfebc0000, 8192)).toBe(0);
  expect(
    "errno" in
      heap.cacheCreate({ name: "x", size: 24, align: 0, flags: 0, ctor: 0, userOffset: 0, userSize: 1 }),
  ).toBe(true);
  expect(() => percpu.allocReserved(64, 64)).toThrow();
});
