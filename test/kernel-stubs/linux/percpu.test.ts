import { expect, test } from "vitest";
import * as iomap from "../../../kernel-stubs/asm-generic/iomap.ts";
import * as io from "../../../kernel-stubs/asm/io.ts";
import * as percpu from "../../../kernel-stubs/linux/percpu.ts";
import * as counter from "../../../kernel-stubs/linux/percpu_counter.ts";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { createMemoryHarness } from "../../support/memory-harness.ts";

test("per-CPU variables", () => {
  const { call, percpu: area, memory } = createMemoryHarness();
  const pointer = call(percpu.allocPercpu, 4, 4);
  memory.setU32(area.address(pointer), 5);
  call(percpu.freePercpu, pointer);
  expect(call(percpu.allocPercpuGfp, 4, 4, GFP_KERNEL)).toBe(pointer);
  expect(memory.u32(area.address(pointer))).toBe(0);
});

test("counters, as recorded", () => {
  const { call, rax, heap, k, memory } = createMemoryHarness();
  const fbc = heap.kmalloc(40, GFP_KERNEL);
  const read = (): bigint => memory.i64(fbc + k.offsetOf("percpu_counter", "count"));
  const sum = (): bigint => BigInt.asIntN(64, rax(counter.percpuCounterSum, fbc));
  expect(call(counter.percpuCounterInit, fbc, 10n, GFP_KERNEL, 0)).toBe(0);
  for (let index = 0; index < 100; index += 1) call(counter.percpuCounterAddBatch, fbc, 1n, 32);
  expect([read(), sum()]).toEqual([106n, 110n]);
  call(counter.percpuCounterAddBatch, fbc, -200n, 32);
  expect([read(), sum()]).toEqual([-90n, -90n]);
  const compare = (rhs: bigint): number => call(counter.percpuCounterCompare, fbc, rhs, 32) | 0;
  expect([compare(-90n), compare(0n), compare(-1000n)]).toEqual([0, -1, 1]);
  call(counter.percpuCounterSet, fbc, 3n);
  expect(read()).toBe(3n);
  call(counter.percpuCounterDestroy, fbc);
});

const find = <T extends { readonly name: string }>(stubs: readonly T[], name: string): T => {
  const found = stubs.find((stub) => stub.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

test("device memory is all ones where nobody answers, and the same through each mapping", () => {
  const { call, memory } = createMemoryHarness();
  const ioremap = find(io.ioremaps, "ioremap");
  const first = call(ioremap, 0xfebc0000n, 0x2000n);
  const second = call(ioremap, 0xfebc1004n, 4n);
  expect(second & 0xfff).toBe(4);
  expect(memory.u32(first)).toBe(0xffffffff);
  call(find(iomap.singleAccesses, "iowrite32be"), 0x01020304, second);
  expect(memory.u32(first + 0x1004)).toBe(0x04030201);
  expect(call(find(iomap.singleAccesses, "ioread16"), second)).toBe(0x0201);
  call(io.iounmap, first);
  expect(() => memory.u32(first)).toThrow("fault");
  expect(memory.u32(second)).toBe(0x04030201);
});

test("RAM is not device memory", () => {
  const { call, said } = createMemoryHarness();
  const ioremap = find(io.ioremaps, "ioremap");
  expect(call(ioremap, 0x3000000n, 4096n)).toBe(0);
  expect(call(ioremap, 0xfebc0000n, 0n)).toBe(0);
  expect(said).toEqual([
    "WARN arch/x86/mm/ioremap.c:211 ioremap on RAM at 0x0000000003000000 - 0x0000000003000fff",
  ]);
});
