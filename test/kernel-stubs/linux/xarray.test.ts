import { describe, expect, it } from "vitest";
import * as xarray from "../../../kernel-stubs/linux/xarray.ts";
import { toPattern } from "../../../src/base/address.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const GFP_KERNEL = 0xcc0;
const ULONG_MAX = 2n ** 64n - 1n;
const XA_PRESENT = 8;
const FLAGS_ALLOC = 4 | (1 << 27);
const FLAGS_ALLOC1 = 4 | 8;

let seed = 99;
const random = (limit: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
};
/** Indexes from all over: dense, sparse, huge. */
const randomIndex = (): bigint => {
  const kind = random(4);
  if (kind === 0) return BigInt(random(8));
  if (kind === 1) return BigInt(random(200));
  if (kind === 2) return BigInt(random(2 ** 30));
  return (BigInt(random(2 ** 31)) << 33n) + BigInt(random(100));
};

const setup = (flags = 0) => {
  const warnings: string[] = [];
  const h = createStubHarness({
    traces: { warn: (site: { at: string }) => warnings.push(site.at) },
  } as never);
  const xa = h.room(16);
  h.memory.setU32(xa + 4, flags);
  const cell = h.room(8);
  const walk = (filter: number, stub = xarray.xaFind): [bigint, bigint][] => {
    const seen: [bigint, bigint][] = [];
    h.memory.setU64(cell, 0n);
    for (let entry = h.rax(stub, xa, cell, ULONG_MAX, filter); entry !== 0n;) {
      seen.push([h.memory.u64(cell), entry]);
      entry = h.rax(xarray.xaFindAfter, xa, cell, ULONG_MAX, filter);
    }
    return seen;
  };
  return { ...h, xa, cell, walk, warnings };
};

const sorted = (model: Map<bigint, bigint>): [bigint, bigint][] =>
  [...model].sort(([a], [b]) => (a < b ? -1 : 1));

describe("xarray", () => {
  it("stores, loads and erases as a map does", () => {
    const { rax, xa, walk, memory } = setup();
    const model = new Map<bigint, bigint>();
    for (let round = 0; round < 2000; round++) {
      const known = [...model.keys()];
      const index = known.length > 0 && random(3) === 0 ? (known[random(known.length)] ?? 0n) : randomIndex();
      const entry = random(3) === 0 ? 0n : toPattern(-0x7000_0000_0000 + random(2 ** 20) * 8);
      expect(rax(xarray.xaLoad, xa, index)).toBe(model.get(index) ?? 0n);
      const old =
        entry === 0n ? rax(xarray.xaErase, xa, index) : rax(xarray.xaStore, xa, index, entry, GFP_KERNEL);
      expect(old).toBe(model.get(index) ?? 0n);
      if (entry === 0n) model.delete(index);
      else model.set(index, entry);
      if (round % 100 === 0) expect(walk(XA_PRESENT)).toEqual(sorted(model));
    }
    for (const index of model.keys()) rax(xarray.xaErase, xa, index);
    expect(memory.u64(xa + 8)).toBe(0n);
  });

  it("keeps a single entry at index 0 in its head", () => {
    const { rax, xa, memory } = setup();
    rax(xarray.xaStore, xa, 0, 0x1000, GFP_KERNEL);
    expect(memory.u64(xa + 8)).toBe(0x1000n);
    rax(xarray.xaStore, xa, 1, 0x2000, GFP_KERNEL);
    expect(memory.u64(xa + 8) & 3n).toBe(2n);
    rax(xarray.xaErase, xa, 1);
    expect(memory.u64(xa + 8)).toBe(0x1000n);
  });

  it("keeps values exactly", () => {
    const { rax, xa } = setup();
    const value = ((2n ** 62n + 12345n) << 1n) | 1n;
    rax(xarray.xaStore, xa, 77, value, GFP_KERNEL);
    expect(rax(xarray.xaLoad, xa, 77)).toBe(value);
  });

  it("marks", () => {
    const { rax, call, xa, walk } = setup();
    const model = new Map<bigint, bigint>();
    const marked = new Set<bigint>();
    for (let round = 0; round < 300; round++) {
      const index = randomIndex();
      rax(xarray.xaStore, xa, index, 0x1000 + round * 8, GFP_KERNEL);
      model.set(index, BigInt(0x1000 + round * 8));
      if (random(2) === 0) {
        call(xarray.xaSetMark, xa, index, 1);
        marked.add(index);
      }
      const victim = [...model.keys()][random(model.size)] ?? 0n;
      const deed = random(5);
      if (deed === 0) {
        call(xarray.xaClearMark, xa, victim, 1);
        marked.delete(victim);
      } else if (deed === 1) {
        call(xarray.xaErase, xa, victim);
        model.delete(victim);
        marked.delete(victim);
      }
    }
    expect(walk(1)).toEqual(sorted(model).filter(([index]) => marked.has(index)));
    for (const [index] of model) expect(call(xarray.xaGetMark, xa, index, 1)).toBe(Number(marked.has(index)));
    expect(walk(2)).toEqual([]);
  });

  it("compares and exchanges, inserts once", () => {
    const { rax, call, xa } = setup();
    expect(call(xarray.xaInsert, xa, 5, 0x1000, GFP_KERNEL)).toBe(0);
    expect(call(xarray.xaInsert, xa, 5, 0x2000, GFP_KERNEL)).toBe(-16);
    expect(rax(xarray.xaCmpxchg, xa, 5, 0x2000, 0x3000, GFP_KERNEL)).toBe(0x1000n);
    expect(rax(xarray.xaCmpxchg, xa, 5, 0x1000, 0x3000, GFP_KERNEL)).toBe(0x1000n);
    expect(rax(xarray.xaLoad, xa, 5)).toBe(0x3000n);
  });

  it("reserves with NULL, which nobody sees but inserts", () => {
    const { rax, call, xa, walk } = setup();
    expect(call(xarray.xaInsert, xa, 3, 0, GFP_KERNEL)).toBe(0);
    expect(call(xarray.xaInsert, xa, 3, 0x1000, GFP_KERNEL)).toBe(-16);
    expect(rax(xarray.xaLoad, xa, 3)).toBe(0n);
    expect(walk(XA_PRESENT)).toEqual([]);
  });

  it("tells of errors in its own way", () => {
    const { rax, xa, warnings } = setup();
    // XA_ERROR(-EINVAL): what xa_err() decodes.
    expect(rax(xarray.xaStore, xa, 1, 6, GFP_KERNEL)).toBe(2n ** 64n - 22n * 4n + 2n);
    expect(warnings).toEqual(["__xa_store+0x10c/0x120"]);
  });

  it("extracts and destroys", () => {
    const { rax, call, room, xa, memory } = setup();
    for (const index of [1, 70, 5000]) rax(xarray.xaStore, xa, index, 0x1000 + index * 8, GFP_KERNEL);
    const target = room(64);
    expect(call(xarray.xaExtract, xa, target, 2, ULONG_MAX, 8, XA_PRESENT)).toBe(2);
    expect([memory.u64(target), memory.u64(target + 8)]).toEqual([0x1000n + 560n, 0x1000n + 40000n]);
    call(xarray.xaDestroy, xa);
    expect(rax(xarray.xaLoad, xa, 70)).toBe(0n);
    expect(memory.u64(xa + 8)).toBe(0n);
  });
});

describe("allocating arrays", () => {
  const limit = (min: number, max: number): bigint => (BigInt(min) << 32n) | BigInt(max);

  it.each([
    ["from 0", FLAGS_ALLOC, 0],
    ["from 1", FLAGS_ALLOC1, 1],
  ])("give out the first free index, %s", (_, flags, first) => {
    const { call, xa, room, memory, rax } = setup(flags);
    const id = room(4);
    const taken = new Set<number>();
    for (let round = 0; round < 600; round++) {
      if (random(3) > 0) {
        let expected = first;
        while (taken.has(expected)) expected++;
        expect(call(xarray.xaAlloc, xa, id, 0x1000, limit(0, 0xffff_ffff), GFP_KERNEL)).toBe(0);
        expect(memory.u32(id)).toBe(expected);
        taken.add(expected);
      } else if (taken.size > 0) {
        const victim = [...taken][random(taken.size)] ?? 0;
        rax(xarray.xaErase, xa, victim);
        taken.delete(victim);
      }
    }
  });

  it("respect limits and go round", () => {
    const { call, xa, room, memory } = setup(FLAGS_ALLOC);
    const [id, next] = [room(4), room(4)];
    const take = (min: number, max: number): number =>
      call(xarray.xaAlloc, xa, id, 0x1000, limit(min, max), GFP_KERNEL);
    expect([take(5, 6), memory.u32(id), take(5, 6), memory.u32(id), take(5, 6)]).toEqual([0, 5, 0, 6, -16]);
    const cyclic = (): number[] => [
      call(xarray.xaAllocCyclic, xa, id, 0x1000, limit(0, 7), next, GFP_KERNEL),
      memory.u32(id),
    ];
    memory.setU32(next, 4);
    expect([cyclic(), cyclic(), cyclic()]).toEqual([
      [0, 4],
      [0, 7],
      [1, 0],
    ]);
    expect(memory.u32(next)).toBe(1);
  });

  it("need to be declared as such", () => {
    const { call, xa, room, warnings } = setup();
    expect(call(xarray.xaAlloc, xa, room(4), 0x1000, limit(0, 9), GFP_KERNEL)).toBe(-22);
    expect(warnings).toEqual(["__xa_alloc+0x12f/0x150"]);
  });
});
