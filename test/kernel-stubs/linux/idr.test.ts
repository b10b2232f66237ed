import { describe, expect, it } from "vitest";
import * as ida from "../../../kernel-stubs/linux/idr-ida.ts";
import * as idr from "../../../kernel-stubs/linux/idr.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const GFP_KERNEL = 0xcc0;
const IDR_FLAGS = 4 | (1 << 27);

let seed = 5;
const random = (limit: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
};

const setup = (base = 0) => {
  const warnings: string[] = [];
  const freed: number[] = [];
  const h = createStubHarness({
    traces: { warn: (_: unknown, { message }: { message: string }) => warnings.push(message) },
    heap: { internal: (bytes: Uint8Array) => h.room(bytes.length), kfree: (at: number) => freed.push(at) },
  } as never);
  const tree = h.room(24);
  h.memory.setU32(tree + 4, IDR_FLAGS);
  h.memory.setU32(tree + 16, base);
  return { ...h, tree, warnings, freed };
};

describe("idr", () => {
  it.each([0, 1, 100])("gives out, finds and takes back IDs, base %d", (base) => {
    const { call, rax, tree, room, memory } = setup(base);
    const model = new Map<number, number>();
    for (let round = 0; round < 800; round++) {
      if (random(3) > 0) {
        const start = random(5) === 0 ? random(10_000) : 0;
        const pointer = random(8) === 0 ? 0 : 0x1000 + round * 8;
        let expected = Math.max(start, base);
        while (model.has(expected)) expected++;
        expect(call(idr.idrAlloc, tree, pointer, start, 0, GFP_KERNEL)).toBe(expected);
        model.set(expected, pointer);
      } else {
        const victim = [...model.keys()][random(model.size)] ?? 0;
        expect(call(idr.idrRemove, tree, victim)).toBe(model.get(victim) ?? 0);
        model.delete(victim);
      }
      const probe = random(2) === 0 ? ([...model.keys()][random(model.size)] ?? 0) : random(20_000);
      expect(call(idr.idrFind, tree, probe)).toBe(model.get(probe) ?? 0);
    }
    const next = room(4);
    const seen: number[] = [];
    for (let id = 0; ; id++) {
      memory.setU32(next, id);
      if (rax(idr.idrGetNext, tree, next) === 0n) break;
      id = memory.u32(next);
      seen.push(id);
    }
    const present = [...model].filter(([, pointer]) => pointer !== 0).map(([id]) => id);
    expect(seen).toEqual(present.sort((a, b) => a - b));
    for (const id of model.keys()) call(idr.idrRemove, tree, id);
    expect(memory.u64(tree + 8)).toBe(0n);
  });

  it("respects the end, goes round, replaces, visits", () => {
    const { call, tree, guest, memory } = setup();
    const take = (): number => call(idr.idrAlloc, tree, 0x1000, 2, 4, GFP_KERNEL);
    expect([take(), take(), take()]).toEqual([2, 3, -28]);
    const cyclic = (): number => call(idr.idrAllocCyclic, tree, 0x2000, 0, 5, GFP_KERNEL);
    expect([cyclic(), cyclic(), cyclic(), cyclic()]).toEqual([0, 1, 4, -28]);
    expect(call(idr.idrReplace, tree, 0x3000, 4)).toBe(0x2000);
    expect(call(idr.idrReplace, tree, 0x3000, 40)).toBe(-2);
    const visited: number[][] = [];
    const visit = guest((id = 0n, pointer = 0n, data = 0n) => {
      visited.push([Number(id), Number(pointer), Number(data)]);
      return id === 3n ? 9 : 0;
    });
    expect(call(idr.idrForEach, tree, visit, 7)).toBe(9);
    expect(visited).toEqual([
      [0, 0x2000, 7],
      [1, 0x2000, 7],
      [2, 0x1000, 7],
      [3, 0x1000, 7],
    ]);
    call(idr.idrDestroy, tree);
    expect(memory.u64(tree + 8)).toBe(0n);
    expect(call(idr.idrAlloc, tree, 0x1000, 0, 0, GFP_KERNEL)).toBe(0);
    expect(call(idr.idrAlloc, tree, 0x1000, -1, 0, GFP_KERNEL)).toBe(-22);
  });
});

describe("ida", () => {
  it("gives out the lowest free ID", () => {
    const { call, tree, memory } = setup();
    const taken = new Set<number>();
    for (let round = 0; round < 3000; round++) {
      if (random(10) > 2) {
        const min = random(20) === 0 ? random(5000) : 0;
        let expected = min;
        while (taken.has(expected)) expected++;
        expect(call(ida.idaAllocRange, tree, min, -1, GFP_KERNEL)).toBe(expected);
        taken.add(expected);
      } else if (taken.size > 0) {
        const victim = [...taken][random(taken.size)] ?? 0;
        call(ida.idaFree, tree, victim);
        taken.delete(victim);
      }
    }
    for (const id of taken) call(ida.idaFree, tree, id);
    expect(memory.u64(tree + 8)).toBe(0n);
  });

  it("respects the range, complains of what is not taken, frees its bitmaps", () => {
    const { call, tree, warnings, freed, memory } = setup();
    expect(call(ida.idaAllocRange, tree, 62, 63, GFP_KERNEL)).toBe(62);
    expect(call(ida.idaAllocRange, tree, 62, 63, GFP_KERNEL)).toBe(63);
    expect(call(ida.idaAllocRange, tree, 62, 63, GFP_KERNEL)).toBe(-28);
    call(ida.idaFree, tree, 5);
    expect(warnings).toEqual(["ida_free called for id=5 which is not allocated."]);
    call(ida.idaDestroy, tree);
    expect(freed).toHaveLength(1);
    expect(memory.u64(tree + 8)).toBe(0n);
  });
});
