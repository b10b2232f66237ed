import { describe, expect, it } from "vitest";
import { addTaint, testTaint } from "../../../kernel-stubs/linux/panic.ts";
import { dumpStackLvl } from "../../../kernel-stubs/linux/printk-trace.ts";
import {
  stackTracePrint,
  stackTraceSave,
  stackTraceSnprint,
} from "../../../kernel-stubs/linux/stacktrace.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { createJournal } from "../../../src/kernel/journal.ts";
import { createTaints } from "../../../src/kernel/oops/taint.ts";
import { createStubHarness } from "../../support/stub-harness.ts";

const MODULE = -0x3fdf_f000;
const KERNEL = -0x7eff_f000;
const entries = [
  { text: "go+0x10/0x40 [t]", reliable: true, address: MODULE + 0x10 },
  { text: "do_one_initcall+0x59/0x220", reliable: true },
  { text: "nowhere+0x1/0x2", reliable: true },
];
const warned: unknown[] = [];
const levels: (number | undefined)[] = [];

const harness = createStubHarness({
  traces: {
    entries: () => entries,
    warn: (site: unknown) => void warned.push(site),
    dumpStack: ({ level }: { level?: number }) => void levels.push(level),
  },
  symbols: {
    address: (name: string) => (name === "do_one_initcall" ? KERNEL : undefined),
    lookup: (address: number) =>
      address >= MODULE
        ? { name: "go", offset: address - MODULE, size: 0x40, module: "t" }
        : { name: "do_one_initcall", offset: address - KERNEL, size: 0x220, module: undefined },
  },
  taints: createTaints(createJournal(), () => {}),
} as unknown as Partial<Kernel>);
const { call, room, memory, string, log } = harness;

describe("stack_trace", () => {
  const store = room(64);
  it("saves what has an address, from where it is told", () => {
    expect(call(stackTraceSave, store, 8, 0)).toBe(2);
    expect([memory.pointer(store), memory.pointer(store + 8)]).toEqual([MODULE + 0x10, KERNEL + 0x59]);
    expect(call(stackTraceSave, store, 1, 1)).toBe(1);
    expect(memory.pointer(store)).toBe(KERNEL + 0x59);
    expect(call(stackTraceSave, store, 8, 9)).toBe(0);
    call(stackTraceSave, store, 8, 0);
  });
  it("prints", () => {
    call(stackTracePrint, store, 2, 3);
    expect(log).toEqual(["<4>    go+0x10/0x40 [t]", "<4>    do_one_initcall+0x59/0x220"]);
    call(stackTracePrint, 0, 2, 3);
    expect(warned).toHaveLength(1);
  });
  it("prints into a buffer as far as it goes", () => {
    const buffer = room(64);
    const text = " go+0x10/0x40 [t]\n do_one_initcall+0x59/0x220\n";
    expect(call(stackTraceSnprint, buffer, 64, store, 2, 0)).toBe(text.length);
    expect(memory.cstring(buffer)).toBe(text);
    expect(call(stackTraceSnprint, buffer, 10, store, 2, 0)).toBe(18);
    expect(memory.cstring(buffer)).toBe(text.slice(0, 9));
    expect(call(stackTraceSnprint, buffer, 0, store, 2, 0)).toBe(0);
  });
});

describe("panic.h", () => {
  it("taints", () => {
    expect(call(testTaint, 9)).toBe(0);
    call(addTaint, 9, 0);
    expect(call(testTaint, 9)).toBe(1);
  });
  it("dump_stack_lvl knows its level", () => {
    call(dumpStackLvl, string("\x013"));
    call(dumpStackLvl, string(""));
    expect(levels).toEqual([3, 4]);
  });
});
