import { describe, expect, it } from "vitest";
import { compileDecoder } from "../../src/abi/calls.ts";
import { parsePrototype } from "../../src/abi/prototype.ts";
import { guestCode, registerStub, stub, variable } from "../../src/stub/declare.ts";
import { createRegistry } from "../../src/stub/registry.ts";
import { typedDefault } from "../../src/stub/typed-default.ts";

const kmalloc = stub("void *__kmalloc(size_t size, gfp_t flags)", { aliases: ["kmalloc_old"] }, () => 0);
const thunks = [guestCode("__fentry__", [0xc3]), registerStub("__get_user_1", () => {})];
const jiffies = variable("unsigned long volatile jiffies", () => {});
const table = variable("const u8 byte_rev_table[256]", () => {});

describe("registry", () => {
  const registry = createRegistry({ kmalloc, jiffies, helper: () => 1, constant: 5 }, { thunks, table });

  it("finds declarations of all kinds by name and alias", () => {
    expect(registry.find("__kmalloc")).toBe(kmalloc);
    expect(registry.find("kmalloc_old")).toBe(kmalloc);
    expect(registry.find("__fentry__")).toMatchObject({ kind: "code" });
    expect(registry.find("__get_user_1")).toMatchObject({ kind: "registers" });
    expect(registry.find("jiffies")).toBe(jiffies);
    expect(registry.find("byte_rev_table")).toBe(table);
    expect(registry.find("helper")).toBeUndefined();
    expect(registry.all()).toHaveLength(5);
  });

  it("loads a file of an index when one of its names is wanted", () => {
    const loads: string[] = [];
    const file = (name: string, module: Record<string, unknown>) => () => {
      loads.push(name);
      return module;
    };
    const index = {
      names: ["__kmalloc kmalloc_old", "__fentry__ __get_user_1", "jiffies"],
      files: [file("slab", { kmalloc }), file("thunks", { thunks }), file("jiffies", { jiffies })],
    };
    const lazy = createRegistry({ stubIndex: index });
    expect([lazy.find("memcpy"), loads]).toEqual([undefined, []]);
    expect([lazy.find("kmalloc_old"), lazy.find("__kmalloc")]).toEqual([kmalloc, kmalloc]);
    expect(lazy.find("__get_user_1")).toMatchObject({ kind: "registers" });
    expect(loads).toEqual(["slab", "thunks"]);
    expect(lazy.all()).toHaveLength(4);
    expect(loads).toEqual(["slab", "thunks", "jiffies"]);
  });

  it("does not let two stubs claim one name", () => {
    const second = stub("void kmalloc_old(void)", () => {});
    expect(() => createRegistry({ kmalloc, second }).find("x")).toThrow(/two stubs for kmalloc_old/);
  });
});

describe("typed defaults", () => {
  const answer = (prototype: string): unknown =>
    typedDefault(parsePrototype(prototype), {
      makeObject: (name) => (name === "struct device" ? 0x1000 : undefined),
      bool: true,
    });

  it("fit the return type", () => {
    expect(answer("void f(void)")).toBeUndefined();
    expect(answer("int f(int a)")).toBe(0);
    expect(answer("bool f(void)")).toBe(true);
    expect(answer("unsigned long f(void)")).toBe(0n);
    expect(answer("struct device *f(void)")).toBe(0x1000);
    expect(answer("struct unheard_of *f(void)")).toBe(0);
    expect(answer("void *f(size_t n)")).toBe(0);
    expect(answer("char *f(void)")).toBe(0);
    expect(answer("struct timespec64 f(void)")).toEqual([0n, 0n]);
  });

  it("go with arguments that can be decoded", () => {
    expect(() => compileDecoder(parsePrototype("int f(struct unheard_of by_value)"))).toThrow(/by value/);
  });
});
