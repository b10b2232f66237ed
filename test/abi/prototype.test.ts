import { describe, expect, it } from "vitest";
import {
  formatType,
  parseDeclaration,
  parsePrototype,
  parseType,
  prototypeName,
} from "../../src/abi/prototype.ts";

const shape = (text: string): string => formatType(parsePrototype(text), parsePrototype(text).name);

describe("parsePrototype", () => {
  it.each([
    ["void *__kmalloc(size_t size, gfp_t flags)", "void *__kmalloc(size_t, gfp_t)"],
    ["void kfree(const void *objp);", "void kfree(void *)"],
    ["unsigned long int f(long unsigned int a, short b)", "unsigned long f(unsigned long, short)"],
    ["int f(struct file *const *v, char name[], int n[4])", "int f(struct file **, char *, int *)"],
    [
      "void sort(void *base, size_t num, size_t size,\n  int (*cmp)(const void *, const void *), swap_func_t swap)",
      "void sort(void *, size_t, size_t, int (*)(void *, void *), void (*)(void *, void *, int))",
    ],
    ["int _printk(const char *fmt, ...)", "int _printk(char *, ...)"],
    ["void (*set_handler(int n, void (*fn)(int)))(int)", "void (*set_handler(int, void (*)(int)))(int)"],
    ["int f(void)", "int f(void)"],
    ["int vprintk(const char *fmt, va_list args)", "int vprintk(char *, va_list *)"],
    ["ssize_t f(unknown_t *p, enum pid_type t)", "ssize_t f(unknown_t *, enum pid_type)"],
  ])("%s", (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  it("keeps address spaces and names", () => {
    const { parameters } = parsePrototype("int f(const char __user *from, void __iomem *io, void *const p)");
    expect(parameters.map(({ name, type }) => [name, type.kind === "pointer" && type.space])).toEqual([
      ["from", "user"],
      ["io", "iomem"],
      ["p", "kernel"],
    ]);
  });

  it.each([
    "",
    "int",
    "int f",
    "int f(",
    "int f(int",
    "int f(int a;)",
    "int f(int a) junk",
    "(((",
    "int f(@)",
    "f)(",
  ])("refuses %j", (text) => expect(() => parsePrototype(text)).toThrow(/prototype/));

  it("does not recurse without end", () => {
    expect(() => parsePrototype(`int ${"(*".repeat(10_000)}`)).toThrow(/too deeply/);
    expect(() => parsePrototype(`int f(${"int (*a)(".repeat(10_000)}`)).toThrow(/too deeply/);
  });

  it("asks for types it does not know", () => {
    const { result } = parsePrototype("frob_t f(void)", (name) =>
      name === "frob_t" ? parseType("u16") : undefined,
    );
    expect(result).toEqual({ kind: "scalar", name: "u16", representation: "u16" });
  });
});

describe("declarations", () => {
  it("finds names", () => {
    expect(prototypeName("void *memset(void *s, int c, size_t n)")).toBe("memset");
    expect(prototypeName("int f2 (void)")).toBe("f2");
    for (const text of ["", "int f", "(int)", "int *(x)"]) {
      expect(() => prototypeName(text)).toThrow(/no name/);
    }
    expect(parseDeclaration("unsigned long jiffies").name).toBe("jiffies");
    expect(formatType(parseDeclaration("struct workqueue_struct *system_wq").type)).toBe(
      "struct workqueue_struct *",
    );
    expect(parseDeclaration("const u8 crc_table[256]").name).toBe("crc_table");
  });
});
