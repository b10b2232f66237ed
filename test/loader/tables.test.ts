import { describe, expect, test } from "vitest";
import { findBugEntry } from "../../src/loader/bug-table.ts";
import { findFixup } from "../../src/loader/exception-table.ts";
import { heapSort } from "../../src/loader/heap-sort.ts";
import { findSymbolAt, readSymbols } from "../support/kallsyms.ts";
import { findOrc } from "../../src/loader/orc.ts";
import { imageMemory } from "../support/image-memory.ts";
import { loadForTest, moduleFile } from "../support/load-host.ts";
import { seededRandom } from "../support/mutator.ts";

const loaded = loadForTest(moduleFile("loader/fixtures/l_image.ko"), { percpu: 0x35000 });
const { image, linked } = loaded;
const memory = imageMemory(image);
const symbols = readSymbols(linked.finalized.initKallsyms, memory);
const addressOf = (name: string): number => symbols.find((one) => one.name === name)?.address ?? 0;

describe("heap sort", () => {
  test("sorts, whatever the size", () => {
    const random = seededRandom(7);
    for (let size = 0; size < 70; size += 1) {
      const values = Array.from({ length: size }, () => random(40));
      const sorted = values.toSorted((a, b) => a - b);
      heapSort(
        size,
        (a, b) => values[a]! - values[b]!,
        (a, b) => {
          [values[a], values[b]] = [values[b]!, values[a]!];
        },
      );
      expect(values).toEqual(sorted);
    }
  });
});

test("a bug entry is found by the address of its ud2, and by no other", () => {
  const branches = addressOf("branches");
  const offsets = [0x6e - 0x27 + 0, 0x47, 0x5f, 0x6b];
  const found = Array.from({ length: 0x100 }, (_, i) => i).filter(
    (offset) => findBugEntry(linked.sections.bugTable, branches + offset, memory) !== undefined,
  );
  expect(found.length).toBe(linked.sections.bugTable.count);
  expect(found).toEqual(expect.arrayContaining(offsets.slice(1)));
  const entry = findBugEntry(linked.sections.bugTable, branches + (found[0] ?? 0), memory) ?? 0;
  // WARN_ON_ONCE, with TAINT_WARN.
  expect(memory.u16(entry + 10)).toBe(0x903);
  expect(memory.cstring(entry + 4 + memory.i32(entry + 4))).toMatch(/l_image\.c$/);
});

test("an exception entry leads to its fixup", () => {
  const { extable } = linked.sections;
  expect(extable.count).toBe(1);
  const insn = extable.address + memory.i32(extable.address);
  const fixup = findFixup(extable, insn, memory);
  expect(fixup?.data).toBe(3);
  const user = symbols.find(({ name }) => name.startsWith("user_access"))?.address ?? 0;
  expect(fixup?.fixup).toBeGreaterThan(user);
  expect(fixup?.fixup).toBeLessThan(user + 0x200);
  expect(findFixup(extable, insn + 1, memory)).toBeUndefined();
  expect(findFixup(extable, insn - 1, memory)).toBeUndefined();
});

describe("ORC", () => {
  const { orc } = linked.finalized;
  const at = (address: number) => (orc === undefined ? undefined : findOrc(orc, address, memory));

  test("follows a function's pushes", () => {
    const branches = addressOf("branches");
    // nopl (5 bytes), push %rbx (1): the stack pointer is 8, then 16 bytes below the frame.
    expect(at(branches)).toMatchObject({ spReg: 5, spOffset: 8, type: 0, end: false });
    expect(at(branches + 5)).toMatchObject({ spOffset: 8 });
    expect(at(branches + 6)).toMatchObject({ spReg: 5, spOffset: 16 });
  });

  test("knows init and exit code too", () => {
    expect(at(addressOf("init_module"))).toMatchObject({ spReg: 5, spOffset: 8 });
    expect(at(addressOf("cleanup_module"))).toMatchObject({ spReg: 5, spOffset: 8 });
  });
});

describe("kallsyms", () => {
  test("the core table is what outlives init", () => {
    const core = readSymbols(linked.finalized.coreKallsyms, memory);
    expect(core.some(({ name }) => name === "init_module")).toBe(false);
    expect(core.find(({ name }) => name === "branches")).toMatchObject({
      address: addressOf("branches"),
      type: "t",
    });
    expect(core.find(({ name }) => name === "own_sealed")?.type).toBe("d");
    expect(core.find(({ name }) => name === "own_zero")?.type).toBe("b");
    expect(core.find(({ name }) => name === "own_counter")).toMatchObject({ type: "a", address: 0x35000 });
  });

  test("a place between symbols belongs to the one before", () => {
    const textEnd = image.core.base + image.layout.core.textSize;
    const locks = addressOf("locks");
    expect(findSymbolAt(symbols, locks + 3, textEnd)).toEqual({ name: "locks", address: locks, size: 0x7d });
  });
});
