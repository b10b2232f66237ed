import { describe, expect, it } from "vitest";
import { listAddValid, listDelEntryValid } from "../../../kernel-stubs/linux/list.ts";
import {
  refcountDecIfOne,
  refcountDecNotOne,
  refcountWarnSaturate,
} from "../../../kernel-stubs/linux/refcount.ts";
import { hex16 } from "../../../src/base/address.ts";
import type { Site } from "../../../src/kernel/oops/incident.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const setup = () => {
  const reports: string[] = [];
  const h = createStubHarness({
    traces: {
      bug(site: Site) {
        reports.push(`BUG ${site.source} ${site.at}`);
        throw new Error("BUG");
      },
      warn(site: Site, { message, once }: { message?: string; once?: boolean }) {
        const report = `WARN ${site.source} ${site.at} ${message}`;
        if (once !== true || !reports.includes(report)) reports.push(report);
      },
    },
  } as never);
  const ring = (count: number): number[] => {
    const entries = Array.from({ length: count }, () => h.room(16));
    entries.forEach((entry, index) => {
      const next = entries[(index + 1) % count] ?? entry;
      h.memory.setPointer(entry, next);
      h.memory.setPointer(next + 8, entry);
    });
    return entries;
  };
  return { ...h, reports, ring };
};

describe("list checks", () => {
  it("let good lists through", () => {
    const { call, ring, room } = setup();
    const [a = 0, b = 0] = ring(2);
    expect(call(listAddValid, room(16), a, b)).toBe(1);
    expect(call(listDelEntryValid, a)).toBe(1);
  });

  it("say what is wrong when adding", () => {
    const { call, ring, room, memory, log, reports } = setup();
    const [a = 0, b = 0] = ring(2);
    expect(() => call(listAddValid, a, a, b)).toThrow("BUG");
    expect(log).toEqual([`<3>list_add double add: new=${hex16(a)}, prev=${hex16(a)}, next=${hex16(b)}.`]);
    memory.setPointer(b + 8, 0x1234);
    expect(() => call(listAddValid, room(16), a, b)).toThrow("BUG");
    expect(log[1]).toBe(
      `<3>list_add corruption. next->prev should be prev (${hex16(a)}), but was 0000000000001234. (next=${hex16(b)}).`,
    );
    expect(() => call(listAddValid, a, 0, b)).toThrow("BUG");
    expect(reports).toEqual([
      "BUG lib/list_debug.c:33 __list_add_valid.cold+0x23/0x5b",
      "BUG lib/list_debug.c:27 __list_add_valid.cold+0x4b/0x5b",
      "BUG lib/list_debug.c:23 __list_add_valid.cold+0xc/0x5b",
    ]);
  });

  it("know an entry that was deleted before", () => {
    const { call, ring, memory, log } = setup();
    const [a = 0] = ring(2);
    memory.setU64(a, 0xdead000000000100n);
    memory.setU64(a + 8, 0xdead000000000122n);
    expect(() => call(listDelEntryValid, a)).toThrow("BUG");
    expect(log).toEqual([`<3>list_del corruption, ${hex16(a)}->next is LIST_POISON1 (dead000000000100)`]);
    memory.setU64(a, 0n);
    expect(() => call(listDelEntryValid, a)).toThrow("BUG");
    expect(log[1]).toBe(`<3>list_del corruption, ${hex16(a)}->next is NULL`);
  });
});

describe("refcounts", () => {
  it("saturate, and warn once for each way to get there", () => {
    const { call, memory, room, reports } = setup();
    const count = room(4);
    for (let round = 0; round < 2; round++) call(refcountWarnSaturate, count, 3);
    call(refcountWarnSaturate, count, 2);
    expect(memory.u32(count)).toBe(0xc000_0000);
    expect(reports).toEqual([
      "WARN lib/refcount.c:28 refcount_warn_saturate+0xba/0x110 refcount_t: underflow; use-after-free.",
      "WARN lib/refcount.c:25 refcount_warn_saturate+0x97/0x110 refcount_t: addition on 0; use-after-free.",
    ]);
  });

  it("count down", () => {
    const { call, memory, room } = setup();
    const count = room(4);
    memory.setU32(count, 2);
    expect(call(refcountDecIfOne, count)).toBe(0);
    expect(call(refcountDecNotOne, count)).toBe(1);
    expect(call(refcountDecNotOne, count)).toBe(0);
    expect(call(refcountDecIfOne, count)).toBe(1);
    expect(memory.u32(count)).toBe(0);
  });
});
