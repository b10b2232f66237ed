import { expect, test } from "vitest";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { VM } from "../../../src/kernel/memory/areas.ts";
import { isVmalloc } from "../../../src/kernel/memory/layout.ts";
import { createTestMemory } from "../../support/kernel-memory.ts";

const PAGE_KERNEL = 0x8000_0000_0000_0163n;

test("vmalloc gives zeroed pages with nothing behind them", () => {
  const { vmalloc, host, pages } = createTestMemory();
  const address = vmalloc.alloc(10_000);
  expect(isVmalloc(address)).toBe(true);
  host.memory.fill(address, 7, 12_288);
  expect(() => host.memory.u8(address + 12_288)).toThrow("fault");
  expect(() => host.memory.u8(address - 1)).toThrow("fault");
  const alias = pages.pageToVirt(vmalloc.toPage(address + 4096));
  expect(host.memory.u8(alias)).toBe(7);
  const free = pages.figures().free;
  vmalloc.free(address);
  expect(pages.figures().free).toBe(free + 3);
  expect(() => host.memory.u8(address)).toThrow("fault");
  expect(vmalloc.toPage(address)).toBe(0);
});

test("what vfree is not given by vmalloc it complains about", () => {
  const { vmalloc, heap, said } = createTestMemory();
  const address = vmalloc.alloc(8192);
  vmalloc.free(0);
  vmalloc.free(address + 4096);
  vmalloc.free(address);
  vmalloc.free(heap.kmalloc(64, GFP_KERNEL) + 8);
  expect(said).toEqual([
    "WARN mm/vmalloc.c:2758 Trying to vfree() nonexistent vm area (00000000deadbeef)",
    "WARN mm/vmalloc.c:2752 Trying to vfree() bad address (00000000deadbeef)",
  ]);
});

test("sizes that cannot be", () => {
  const { vmalloc, said, pages } = createTestMemory({ megabytes: 8 });
  expect(vmalloc.alloc(0)).toBe(0);
  expect(vmalloc.alloc(0)).toBe(0);
  expect(vmalloc.alloc(2 ** 64)).toBe(0);
  const free = pages.figures().free;
  expect(vmalloc.alloc(8 * 2 ** 20 - 4096)).toBe(0);
  expect(pages.figures().free).toBeGreaterThan(free - 80);
  expect(said[0]).toBe("WARN mm/vmalloc.c:3227");
  expect(said[1]).toContain("vmalloc error: size 18446744073709551615, exceeds total pages");
  expect(said.filter((line) => line.includes("failed to allocate pages")).length).toBe(1);
});

test("vmap shows pages that stay when it goes", () => {
  const { vmalloc, pages, heap, host } = createTestMemory();
  const array = heap.kmalloc(24, GFP_KERNEL);
  const three = [0, 1, 2].map(() => pages.allocPages(0, GFP_KERNEL));
  three.forEach((page, index) => host.memory.setPointer(array + index * 8, page));
  const address = vmalloc.map(array, 3, VM.MAP, PAGE_KERNEL);
  host.memory.setU8(address + 4101, 9);
  expect(host.memory.u8(pages.pageToVirt(three[1] ?? 0) + 5)).toBe(9);
  expect(vmalloc.map(array, 0, VM.MAP, PAGE_KERNEL)).toBe(0);
  vmalloc.unmap(address);
  expect(host.memory.u8(pages.pageToVirt(three[1] ?? 0) + 5)).toBe(9);
  expect(() => host.memory.u8(address)).toThrow("fault");
});

test("kvmalloc takes slabs for little and areas for much", () => {
  const { vmalloc } = createTestMemory();
  const small = vmalloc.kvmalloc(100_000, GFP_KERNEL);
  const large = vmalloc.kvmalloc(5 << 20, GFP_KERNEL);
  expect([small, large].map(isVmalloc)).toEqual([false, true]);
  vmalloc.kvfree(small);
  vmalloc.kvfree(large);
  expect([...vmalloc.live()]).toEqual([]);
});

test("addresses are not reused at once", () => {
  const { vmalloc } = createTestMemory();
  const first = vmalloc.alloc(4096);
  vmalloc.free(first);
  expect(vmalloc.alloc(4096)).not.toBe(first);
});
