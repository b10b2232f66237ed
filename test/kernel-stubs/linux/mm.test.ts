import { expect, test } from "vitest";
import * as mmzone from "../../../kernel-stubs/linux/mmzone.ts";
import * as page from "../../../kernel-stubs/asm/page.ts";
import * as gfp from "../../../kernel-stubs/linux/gfp.ts";
import * as mm from "../../../kernel-stubs/linux/mm.ts";
import * as vm from "../../../kernel-stubs/linux/vmalloc.ts";
import { toPattern } from "../../../src/base/address.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { DIRECT_MAP } from "../../../src/kernel/memory/layout.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";

test("pages by struct page and by address", () => {
  const { call, pages } = createMemoryHarness();
  call(gfp.freePages, toPattern(call(gfp.getZeroedPage, GFP_KERNEL)), 0);
  const free = pages.figures().free;
  const block = call(gfp.allocPages, GFP_KERNEL, 2);
  call(mm.splitPage, block, 2);
  for (const index of [0, 1, 2, 3]) call(gfp.freePagesByPage, block + index * 64, 0);
  const folio = call(gfp.folioAlloc, GFP_KERNEL, 3);
  expect(pages.virtToPage(pages.pageToVirt(folio))).toBe(folio);
  call(mm.folioPut, folio);
  expect(pages.figures().free).toBe(free);
});

test("put_pages_list frees each page of the list", () => {
  const { call, pages, k, memory } = createMemoryHarness();
  const head = call(gfp.getFreePages, GFP_KERNEL, 0);
  const free = pages.figures().free;
  const lru = k.offsetOf("page", "lru");
  const [a, b] = [call(gfp.allocPages, GFP_KERNEL, 0) + lru, call(gfp.allocPages, GFP_KERNEL, 0) + lru];
  for (const [from, to] of [
    [head, a],
    [a, b],
    [b, head],
  ] as const) {
    memory.setPointer(from, to);
    memory.setPointer(to + 8, from);
  }
  call(mm.putPagesList, head);
  expect(memory.pointer(head)).toBe(head);
  expect(pages.figures().free).toBe(free);
});

test("virt_addr_valid", () => {
  const { call } = createMemoryHarness();
  const valid = (address: number): number => call(page.virtAddrValid, toPattern(address));
  expect(valid(DIRECT_MAP + 0x1000)).toBe(1);
  expect(valid(DIRECT_MAP + 64 * 2 ** 30)).toBe(0);
  expect(valid(-0x7f00_0000)).toBe(1);
  expect(valid(-0x3fe0_0000)).toBe(0);
  expect([valid(0), valid(0x1000), valid(-0x3700_0000_0000)]).toEqual([0, 0, 0]);
});

test("pfn_valid finds its sections, static keys their state", () => {
  const { k, heap, memory } = createMemoryHarness();
  const at = heap.kmalloc(16, GFP_KERNEL);
  mmzone.memSection.init(k, { name: "mem_section", address: at, size: 8 });
  const roots = memory.pointer(at);
  expect(memory.u32(memory.pointer(roots)) & 2).toBe(2);
  expect(memory.pointer(roots + 8)).toBe(0);
  const key = mm.mmStaticKeys.find(({ name }) => name === "init_on_alloc");
  key?.init(k, { name: "init_on_alloc", address: at, size: 16 });
  expect([memory.u32(at), memory.u32(at + 8)]).toEqual([1, 1]);
});

test("vmalloc to pages", () => {
  const { call } = createMemoryHarness();
  const area = call(vm.vzalloc, 8192n);
  const first = call(mm.vmallocToPage, area);
  expect(call(mm.vmallocToPfn, area)).toBe(
    (first - call(mm.vmallocToPage, area + 4096)) / 64 + call(mm.vmallocToPfn, area + 4096),
  );
  expect([call(mm.isVmallocAddr, area), call(mm.isVmallocAddr, DIRECT_MAP)]).toEqual([1, 0]);
  call(vm.vfree, area);
  expect(call(mm.vmallocToPage, area)).toBe(0);
});
