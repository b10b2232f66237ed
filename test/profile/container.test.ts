import { describe, expect, it } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { bufferSource, readContainer, storedCopy, writeContainer } from "../../src/profile/container.ts";
import { keyedTable, openKeyedTable } from "../../src/profile/keyed-table.ts";
import { openSymbolMap, symbolMapTable } from "../../src/profile/symbol-map.ts";

const rows = Array.from({ length: 2000 }, (_, index) => [
  `key${(index * 7919) % 2003}`,
  `value ${index}`,
  `more ${index}`,
]);
const symbols = Array.from({ length: 3000 }, (_, index) => ({
  name: `symbol${index}`,
  type: index % 2 === 0 ? "T" : "t",
  // Every third shares its address with the one before.
  address: -(2 ** 31) + (index - (index % 3 === 2 ? 1 : 0)) * 16,
}));
const IMAGE_END = -(2 ** 31) + 3000 * 16;

const file = (): Buffer =>
  writeContainer({ release: "test" }, [keyedTable("words", 512, rows), symbolMapTable(symbols, 700)]);

const open = (bytes: Buffer) => {
  const container = readContainer(bufferSource(bytes));
  return {
    container,
    words: openKeyedTable(() => container.table("words")),
    map: openSymbolMap(() => container.table("kallsyms"), IMAGE_END),
  };
};

describe("a profile file", () => {
  it("is the same bytes every time", () => {
    expect(file().equals(file())).toBe(true);
  });

  it.each([
    ["packed", file()],
    ["stored", storedCopy(file())],
  ])("finds every key, %s", (_name, bytes) => {
    const { words, container } = open(bytes);
    expect(container.meta).toEqual({ release: "test" });
    for (const [key = "", value, more] of rows) {
      expect(words.get(key)).toBe(value);
      expect(words.column(key, 1)).toBe(more);
    }
    for (const key of ["", "key", "key2003", "a", "z", "key1\t", "value 1"]) {
      expect(words.get(key)).toBeUndefined();
      expect(words.column(key, 1)).toBeUndefined();
    }
    expect([...words.entries()]).toHaveLength(rows.length);
  });

  it("stores larger and identically", () => {
    const stored = storedCopy(file());
    expect(stored.length).toBeGreaterThan(file().length);
    expect(storedCopy(stored).equals(stored)).toBe(true);
  });

  it("finds symbols by address: the first of several, its size up to the next", () => {
    const { map } = open(file());
    for (const [index, symbol] of symbols.entries()) {
      const first = index % 3 === 2 ? index - 1 : index;
      const next = index % 3 === 0 ? 16 : first + 2 >= symbols.length ? undefined : 32;
      for (const offset of [0, 15]) {
        const found = map.at(symbol.address + offset);
        expect(found?.name).toBe(`symbol${first}`);
        expect(found?.address).toBe(symbol.address);
        if (next !== undefined) expect(found?.size).toBe(next);
      }
      expect(map.find(symbol.name)).toEqual(symbol);
    }
    expect(map.at(-(2 ** 31) - 1)).toBeUndefined();
    expect(map.at(IMAGE_END)).toBeUndefined();
    expect(map.at(5)).toBeUndefined();
    expect(map.find("symbol")).toBeUndefined();
  });

  it("without a table answers nothing", () => {
    const empty = openKeyedTable(() => readContainer(bufferSource(writeContainer({}, []))).table("words"));
    expect(empty.get("key1")).toBeUndefined();
    expect([...empty.entries()]).toEqual([]);
  });
});

const survives = (bytes: Buffer): boolean => {
  try {
    const { words, map } = open(bytes);
    words.get("key5");
    words.column("key77", 1);
    map.at(-(2 ** 31) + 1000);
    map.find("symbol2999");
    for (const _entry of words.entries()) continue;
  } catch (error) {
    if (error instanceof KoboxError && error.code === "bad-profile") return true;
    throw error;
  }
  return true;
};

describe("a damaged profile file", () => {
  const good = file();

  it("may be cut anywhere", () => {
    for (let length = 0; length < good.length; length += 101)
      expect(survives(good.subarray(0, length))).toBe(true);
  });

  it("may have any byte changed", () => {
    for (let at = 0; at < good.length; at += 29) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      expect(survives(bytes)).toBe(true);
    }
  });
});
