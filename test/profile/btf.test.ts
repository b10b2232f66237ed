import { describe, expect, it } from "vitest";
import { KoboxError } from "../../src/base/errors.ts";
import { type Btf, readBtf } from "../../src/profile/btf.ts";
import { declare } from "../../src/profile/c-text.ts";
import { createLayoutWriter } from "../../src/profile/layout-text.ts";
import { readLayout } from "../../src/profile/struct-layout.ts";
import { KIND, createBtfBuilder } from "./btf-builder.ts";

const SIGNED = 1 << 24;

/** A small kernel: ints, a list, a struct with a union, bit fields and arrays, functions. */
const sample = () => {
  const b = createBtfBuilder();
  const int = b.add(KIND.INT, "int", { sizeOrType: 4, words: [SIGNED | 32] });
  const ulong = b.add(KIND.INT, "long unsigned int", { sizeOrType: 8, words: [64] });
  const char = b.add(KIND.INT, "char", { sizeOrType: 1, words: [SIGNED | 8] });
  const sizeT = b.add(KIND.TYPEDEF, "size_t", { sizeOrType: ulong });
  const constChar = b.add(KIND.CONST, "", { sizeOrType: char });
  const text = b.add(KIND.PTR, "", { sizeOrType: constChar });
  const list = b.add(KIND.STRUCT, "list_head", {
    sizeOrType: 16,
    count: 2,
    words: [b.name("next"), 8, 0, b.name("prev"), 8, 64],
  });
  const listPointer = b.add(KIND.PTR, "", { sizeOrType: list });
  const lists = b.add(KIND.ARRAY, "", { words: [list, int, 2] });
  const union = b.add(KIND.UNION, "", {
    sizeOrType: 8,
    count: 2,
    words: [b.name("whole"), ulong, 0, b.name("half"), int, 0],
  });
  const box = b.add(KIND.STRUCT, "box", {
    sizeOrType: 56,
    count: 5,
    flag: 1,
    words: [
      [0, union, 64],
      [b.name("low"), int, (3 << 24) | 0],
      [b.name("high"), int, (29 << 24) | 3],
      [b.name("lists"), lists, 128],
      [b.name("title"), text, 384],
    ].flat(),
  });
  const boxPointer = b.add(KIND.PTR, "", { sizeOrType: box });
  const compareProto = b.add(KIND.PROTO, "", { sizeOrType: int, count: 2, words: [0, text, 0, text] });
  const compare = b.add(KIND.PTR, "", { sizeOrType: compareProto });
  const sortProto = b.add(KIND.PROTO, "", {
    sizeOrType: boxPointer,
    count: 3,
    words: [b.name("box"), boxPointer, b.name("n"), sizeT, b.name("cmp"), compare],
  });
  const sort = b.add(KIND.FUNC, "sort_box", { sizeOrType: sortProto });
  const printProto = b.add(KIND.PROTO, "", { sizeOrType: int, count: 2, words: [b.name("fmt"), text, 0, 0] });
  const print = b.add(KIND.FUNC, "print", { sizeOrType: printProto });
  const unsized = b.add(KIND.ENUM, "state", {
    sizeOrType: 4,
    count: 2,
    words: [b.name("ON"), 1, b.name("OFF"), -1],
  });
  return { b, ids: { int, text, box, listPointer, sort, print, unsized, compare, compareProto } };
};

describe("BTF", () => {
  const { b, ids } = sample();
  const btf = readBtf(b.build());
  const textOf = (id: number, name = ""): string => {
    const type = btf.type(id);
    return declare(btf, type.kind === "function" ? type.type : id, name);
  };

  it("becomes C text", () => {
    expect(textOf(ids.sort, "sort_box")).toBe(
      "struct box *sort_box(struct box *box, size_t n, int (*cmp)(const char *, const char *))",
    );
    expect(textOf(ids.print, "print")).toBe("int print(const char *fmt, ...)");
    expect(textOf(ids.compare)).toBe("int (*)(const char *, const char *)");
    expect(textOf(ids.text)).toBe("const char *");
    expect(textOf(ids.text, "s")).toBe("const char *s");
  });

  it("becomes layouts with unnamed members flattened", () => {
    const writer = createLayoutWriter(btf);
    writer.add(ids.box);
    const lines = new Map(writer.lines().map(({ key, text }) => [key, text]));
    expect([...lines.keys()].sort()).toEqual(["box", "list_head"]);
    const layout = readLayout("box", lines.get("box") ?? "");
    expect(layout.size).toBe(56);
    expect(layout.fieldNames).toEqual(["whole", "half", "low", "high", "lists", "title"]);
    expect(layout.field("half")).toMatchObject({ offset: 8, type: { kind: "int", size: 4, signed: true } });
    expect(layout.field("high")).toMatchObject({ offset: 0, bits: { first: 3, width: 29 } });
    expect(layout.field("lists")).toMatchObject({
      offset: 16,
      type: { struct: "list_head" },
      dimensions: [2],
    });
    expect(layout.field("title")).toMatchObject({ offset: 48, ctype: "const char *" });
    expect(layout.field("absent")).toBeUndefined();
  });

  it("keeps the sign of enumerators", () => {
    expect(btf.type(ids.unsized)).toMatchObject({
      signed: true,
      values: [
        { name: "ON", value: 1n },
        { name: "OFF", value: -1n },
      ],
    });
  });

  it("is split: a module's types and names follow the kernel's", () => {
    const split = createBtfBuilder({ strings: btf.stringsEnd, types: btf.endId - 1 });
    const mine = split.add(KIND.STRUCT, "mine", {
      sizeOrType: 8,
      count: 1,
      words: [split.name("boxes"), ids.listPointer, 0],
    });
    const module = readBtf(split.build(), btf);
    expect(mine).toBe(btf.endId);
    expect(module.type(mine)).toMatchObject({ name: "mine", members: [{ name: "boxes" }] });
    expect(declare(module, mine, "m")).toBe("struct mine m");
    expect(declare(module, ids.listPointer, "head")).toBe("struct list_head *head");
  });
});

/** Everything a profile build does with BTF. */
const useAll = (btf: Btf): void => {
  const writer = createLayoutWriter(btf);
  for (let id = 0; id < btf.endId; id++) {
    btf.type(id);
    declare(btf, id, "x");
    writer.add(id);
  }
  for (const { key, text } of writer.lines()) {
    const layout = readLayout(key, text);
    for (const name of layout.fieldNames) layout.field(name);
  }
};

const survives = (bytes: Uint8Array): boolean => {
  try {
    useAll(readBtf(bytes));
  } catch (error) {
    if (error instanceof KoboxError && error.code === "bad-btf") return true;
    throw error;
  }
  return true;
};

describe("hostile BTF", () => {
  const good = sample().b.build();

  it("may be cut anywhere", () => {
    for (let length = 0; length < good.length; length++) survives(good.slice(0, length));
  });

  it("may have any byte changed", () => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 3000; round++) {
      const bytes = good.slice();
      for (let change = 0; change <= random(4); change++) bytes[random(bytes.length)] = random(256);
      expect(survives(bytes)).toBe(true);
    }
  });

  it("may refer to itself", () => {
    const b = createBtfBuilder();
    b.add(KIND.TYPEDEF, "a", { sizeOrType: 2 });
    b.add(KIND.TYPEDEF, "b", { sizeOrType: 1 });
    b.add(KIND.PTR, "", { sizeOrType: 3 });
    b.add(KIND.CONST, "", { sizeOrType: 4 });
    b.add(KIND.ARRAY, "", { words: [5, 5, 2] });
    b.add(KIND.STRUCT, "s", { sizeOrType: 8, count: 2, words: [b.name("self"), 6, 0, 0, 6, 0] });
    b.add(KIND.STRUCT, "", { sizeOrType: 8, count: 2, words: [0, 7, 0, 0, 7, 0] });
    b.add(KIND.STRUCT, "t", { sizeOrType: 8, count: 1, words: [0, 7, 0] });
    b.add(KIND.PROTO, "", { sizeOrType: 10, count: 2, words: [0, 10, 0, 10] });
    b.add(KIND.PTR, "", { sizeOrType: 9 });
    expect(survives(b.build())).toBe(true);
  });

  it("may nest deeply", () => {
    const b = createBtfBuilder();
    for (let id = 1; id <= 20_000; id++) {
      b.add(KIND.STRUCT, `s${id}`, {
        sizeOrType: 8,
        count: 1,
        words: [b.name("in"), Math.max(1, id - 1), 0],
      });
    }
    expect(survives(b.build())).toBe(true);
  });
});
