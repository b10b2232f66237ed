import { expect, test } from "vitest";
import * as pool from "../../../kernel-stubs/linux/mempool.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";
import { GFP_KERNEL, GFP_NOWAIT } from "../../../src/kernel/memory/gfp.ts";

const setup = () => {
  const harness = createMemoryHarness();
  const state = { next: 0x1000, left: 100, freed: [] as number[] };
  const alloc = harness.guest(() => (state.left-- > 0 ? (state.next += 16) : 0));
  const free = harness.guest((element) => state.freed.push(Number(element)));
  const field = (address: number, name: string): number =>
    harness.memory.i32(address + harness.k.offsetOf("mempool_s", name));
  return { ...harness, state, alloc, free, field };
};

test("a pool fills its reserve, hands it out when nothing else is left, and takes it back", () => {
  const { call, state, alloc, free, field } = setup();
  const mp = call(pool.mempoolCreate, 3, alloc, free, 0);
  expect([field(mp, "min_nr"), field(mp, "curr_nr")]).toEqual([3, 3]);
  const fresh = call(pool.mempoolAlloc, mp, GFP_KERNEL);
  expect(field(mp, "curr_nr")).toBe(3);
  state.left = 0;
  const reserve = [0, 1, 2].map(() => call(pool.mempoolAlloc, mp, GFP_KERNEL));
  expect(field(mp, "curr_nr")).toBe(0);
  expect(call(pool.mempoolAlloc, mp, GFP_NOWAIT)).toBe(0);
  for (const element of [...reserve, fresh]) call(pool.mempoolFree, element, mp);
  expect([field(mp, "curr_nr"), state.freed]).toEqual([3, [fresh]]);
  call(pool.mempoolDestroy, mp);
  expect(state.freed.length).toBe(4);
});

test("resizing", () => {
  const { call, state, alloc, free, field } = setup();
  const mp = call(pool.mempoolCreate, 3, alloc, free, 0);
  expect(call(pool.mempoolResize, mp, 6)).toBe(0);
  expect([field(mp, "min_nr"), field(mp, "curr_nr")]).toEqual([6, 6]);
  expect(call(pool.mempoolResize, mp, 2)).toBe(0);
  expect([field(mp, "curr_nr"), state.freed.length]).toEqual([2, 4]);
});

test("a pool that cannot be filled is no pool", () => {
  const { call, state, alloc, free, heap } = setup();
  const before = [...heap.live()].length;
  state.left = 2;
  expect(call(pool.mempoolCreate, 3, alloc, free, 0)).toBe(0);
  expect(state.freed.length).toBe(2);
  expect([...heap.live()].length).toBe(before);
});

test("the kernel's own element functions", () => {
  const { call, heap, pages } = createMemoryHarness();
  const element = call(pool.mempoolKmalloc, GFP_KERNEL, 128);
  expect(heap.ksize(element)).toBe(128);
  call(pool.mempoolKfree, element, 128);
  const page = call(pool.mempoolAllocPages, GFP_KERNEL, 1);
  expect(pages.virtToPage(pages.pageToVirt(page))).toBe(page);
  call(pool.mempoolFreePages, page, 1);
});
