import { describe, expect, it } from "vitest";
import { listSort } from "../../../kernel-stubs/linux/list_sort.ts";
import * as llist from "../../../kernel-stubs/linux/llist.ts";
import { sort, sortR } from "../../../kernel-stubs/linux/sort.ts";
import { bsearch } from "../../../kernel-stubs/linux/bsearch.ts";
import { toAddress } from "../../../src/base/address.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const h = createStubHarness();
const { memory, call } = h;

const arrayOf = (values: readonly number[]): number => {
  const base = h.room(values.length * 4);
  values.forEach((value, index) => memory.setU32(base + index * 4, value));
  return base;
};
const valuesOf = (base: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => memory.i32(base + index * 4));
const byValue = (a: bigint, b: bigint): number => memory.i32(toAddress(a)) - memory.i32(toAddress(b));

const shuffled = (length: number): number[] =>
  Array.from({ length }, (_, index) => (Math.imul(index + 7, 2654435761) >>> 8) % 1000);

describe("sort", () => {
  it.each([0, 1, 2, 3, 10, 101])("%d elements", (count) => {
    const values = shuffled(count);
    const base = arrayOf(values);
    call(
      sort,
      base,
      count,
      4,
      h.guest((a = 0n, b = 0n) => byValue(a, b)),
      0,
    );
    expect(valuesOf(base, count)).toEqual(values.toSorted((a, b) => a - b));
  });

  it("uses the guest's own swap, and hands private data on", () => {
    const base = arrayOf([3, 1, 2]);
    let swaps = 0;
    const exchange = h.guest((a = 0n, b = 0n, size) => {
      swaps += 1;
      expect(size).toBe(4n);
      const [x, y] = [memory.u32(toAddress(a)), memory.u32(toAddress(b))];
      memory.setU32(toAddress(a), y);
      memory.setU32(toAddress(b), x);
      return 0;
    });
    const compare = h.guest((a = 0n, b = 0n, priv) => {
      expect(priv).toBe(77n);
      return byValue(b, a);
    });
    call(sortR, base, 3, 4, compare, exchange, 77);
    expect(valuesOf(base, 3)).toEqual([3, 2, 1]);
    expect(swaps).toBeGreaterThan(0);
  });

  it("compares in the kernel's order", () => {
    const base = arrayOf([3, 1, 2, 8, 5, 0, 7]);
    const seen: string[] = [];
    const compare = h.guest((a = 0n, b = 0n) => {
      seen.push(`${memory.i32(toAddress(a))}:${memory.i32(toAddress(b))}`);
      return byValue(a, b);
    });
    call(sort, base, 7, 4, compare, 0);
    // What lib/sort.c, compiled for the host, does.
    expect(seen.join(" ")).toBe("0:7 2:7 8:5 1:8 8:7 1:5 3:5 5:7 2:0 2:7 5:2 1:3 0:3 3:2 0:1 1:2 0:2 0:1");
  });

  it("searches", () => {
    const base = arrayOf([1, 3, 5, 7, 9]);
    const compare = h.guest((a = 0n, b = 0n) => byValue(a, b));
    expect(call(bsearch, arrayOf([7]), base, 5, 4, compare)).toBe(base + 12);
    expect(call(bsearch, arrayOf([4]), base, 5, 4, compare)).toBe(0);
  });
});

describe("list_sort", () => {
  it("compares in the kernel's order", () => {
    const head = h.room(16);
    const ring = [
      head,
      ...[3, 1, 2, 8, 5, 0, 7].map((key) => {
        const entry = h.room(24);
        memory.setU32(entry + 16, key);
        return entry;
      }),
    ];
    ring.forEach((entry, index) => {
      const next = ring[(index + 1) % ring.length] ?? head;
      memory.setPointer(entry, next);
      memory.setPointer(next + 8, entry);
    });
    const seen: string[] = [];
    const compare = h.guest((_, a = 0n, b = 0n) => {
      const [x, y] = [memory.i32(toAddress(a) + 16), memory.i32(toAddress(b) + 16)];
      seen.push(`${x}:${y}`);
      return x - y;
    });
    call(listSort, 0, head, compare);
    expect(seen.join(" ")).toBe("3:1 2:8 1:2 3:2 3:8 5:0 0:7 5:7 1:0 1:5 2:5 3:5 8:5 8:7");
  });

  it.each([0, 1, 2, 3, 7, 64, 100])("%d entries, stable", (count) => {
    const head = h.room(16);
    const keys = shuffled(count).map((value) => value % 10);
    const entries = keys.map((key, index) => {
      const entry = h.room(24);
      memory.setU32(entry + 16, key);
      memory.setU32(entry + 20, index);
      return entry;
    });
    const ring = [head, ...entries];
    ring.forEach((entry, index) => {
      const next = ring[(index + 1) % ring.length] ?? head;
      memory.setPointer(entry, next);
      memory.setPointer(next + 8, entry);
    });
    const compare = h.guest(
      (_, a = 0n, b = 0n) => memory.i32(toAddress(a) + 16) - memory.i32(toAddress(b) + 16),
    );
    call(listSort, 0, head, compare);
    const seen: number[][] = [];
    let last = head;
    for (let at = memory.pointer(head); at !== head; at = memory.pointer(at)) {
      expect(memory.pointer(at + 8)).toBe(last);
      seen.push([memory.u32(at + 16), memory.u32(at + 20)]);
      last = at;
    }
    expect(memory.pointer(head + 8)).toBe(last);
    const expected = keys
      .map((key, index) => [key, index])
      .sort(([a = 0, i = 0], [b = 0, j = 0]) => a - b || i - j);
    expect(seen).toEqual(expected);
  });
});

describe("llist", () => {
  it("adds, takes and reverses", () => {
    const head = h.room(8);
    const [a, b, c] = [h.room(8), h.room(8), h.room(8)];
    expect(call(llist.llistAddBatch, a, a, head)).toBe(1);
    expect(call(llist.llistAddBatch, b, b, head)).toBe(0);
    call(llist.llistAddBatch, c, c, head);
    expect(call(llist.llistDelFirst, head)).toBe(c);
    expect(call(llist.llistReverseOrder, memory.pointer(head))).toBe(a);
    expect([memory.pointer(a), memory.pointer(b)]).toEqual([b, 0]);
  });
});
