import { expect, test } from "vitest";
import { GFP_KERNEL } from "../../../src/kernel/memory/gfp.ts";
import { createTestMemory } from "../../support/kernel-memory.ts";

test("variables are zeroed, aligned, and lie behind the gs base", () => {
  const { percpu, host } = createTestMemory();
  const pointer = percpu.alloc(100, 64, GFP_KERNEL);
  expect(pointer % 64).toBe(0);
  expect(pointer).toBeLessThan(0x3e000);
  host.memory.fill(percpu.address(pointer), 1, 100);
  expect(percpu.size(pointer)).toBe(100);
  percpu.free(pointer);
  expect(percpu.size(pointer)).toBe(0);
  const again = percpu.alloc(100, 64, GFP_KERNEL);
  expect(again).toBe(pointer);
  expect(host.memory.u32(percpu.address(again))).toBe(0);
});

test("the module reserve starts where the kernel's own variables end", () => {
  const { percpu, said } = createTestMemory();
  expect(percpu.allocReserved(4, 4)).toBe(0x35000);
  expect(percpu.allocReserved(8000, 32)).toBe(0x35020);
  expect(() => percpu.allocReserved(9000, 32)).toThrow();
  expect(said[0]).toContain("alloc from reserved chunk failed");
});

test("what does not fit goes to a chunk in the vmalloc area, as recorded", () => {
  const { percpu, host } = createTestMemory();
  const pointer = percpu.alloc(32768, 8, GFP_KERNEL);
  expect(pointer).toBe(0x607fc2400000);
  host.memory.fill(percpu.address(pointer), 1, 32768);
});

test("sizes and alignments that cannot be", () => {
  const { percpu, said } = createTestMemory();
  expect([percpu.alloc(65536, 8, 0), percpu.alloc(8, 8192, 0), percpu.alloc(0, 8, 0)]).toEqual([0, 0, 0]);
  expect(said[0]).toBe("WARN mm/percpu.c:1758 illegal size (65536) or align (8) for percpu allocation");
  percpu.free(0);
  percpu.free(0x3c123);
  expect(() => percpu.free(0x12345678)).toThrow("fault at 0x20");
});
