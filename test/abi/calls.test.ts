import { describe, expect, it } from "vitest";
import { compileDecoder, namedPlacement, registerFile } from "../../src/abi/calls.ts";
import { parsePrototype } from "../../src/abi/prototype.ts";
import { toPattern } from "../../src/base/address.ts";
import { createFakeMemory } from "../support/fake-memory.ts";

const STACK = -0x1000_0000;

const decode = (prototype: string, registers: readonly bigint[], stack: readonly bigint[] = []): unknown => {
  const memory = createFakeMemory();
  memory.map(STACK, 256);
  stack.forEach((value, index) => memory.setU64(STACK + 8 + index * 8, value));
  const file = registerFile(new BigUint64Array(18));
  [7, 6, 2, 1, 8, 9].forEach((register, index) => {
    file.u64[register] = registers[index] ?? 0n;
  });
  file.u64[4] = toPattern(STACK);
  const decoder = compileDecoder(parsePrototype(prototype));
  const first = decoder(file, memory);
  // A hot decoder is generated code: it must say the same.
  for (let call = 0; call < 60; call++) expect(decoder(file, memory)).toEqual(first);
  return first;
};

const ONES = 2n ** 64n - 1n;

describe("compileDecoder", () => {
  it("gives every width its C value, whatever the upper bits hold", () => {
    expect(
      decode("int f(int a, unsigned int b, u8 c, short d, bool e, umode_t g)", [
        0xdead_0000_ffff_fffen,
        0xdead_0000_ffff_fffen,
        0x1ffn,
        0x1_8000n,
        0x100n,
        0x1_81a4n,
      ]),
    ).toEqual({ a: -2, b: 0xffff_fffe, c: 0xff, d: -32768, e: false, g: 0x81a4 });
  });

  it("decodes 64-bit values", () => {
    expect(
      decode("int f(long a, u64 b, size_t c, loff_t d, void *p, const char __user *u)", [
        ONES,
        ONES,
        0xffff_ffffn,
        ONES,
        0xffff_8880_0000_1000n,
        0x7fff_0000_0000n,
      ]),
    ).toEqual({ a: -1n, b: ONES, c: 0xffff_ffff, d: -1, p: -0x777f_ffff_f000, u: 0x7fff_0000_0000 });
  });

  it("takes the seventh and later ones from the stack", () => {
    const seven = decode(
      "int f(int a, int b, int c, int d, int e, int g, int h, void *p, u64 q, size_t r)",
      [1n, 2n, 3n, 4n, 5n, 6n],
      [ONES, toPattern(-4096), ONES, 5n],
    );
    expect(seven).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5, g: 6, h: -1, p: -4096, q: ONES, r: 5 });
  });

  it("passes 16-byte structures in two registers, or whole on the stack", () => {
    expect(decode("void f(int a, struct timespec64 t, int b)", [1n, 2n, 3n, 4n])).toEqual({
      a: 1,
      t: [2n, 3n],
      b: 4,
    });
    expect(
      decode(
        "void f(int a, int b, int c, int d, int e, struct timespec64 t, int g)",
        [1n, 2n, 3n, 4n, 5n, 6n],
        [7n, 8n],
      ),
    ).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5, t: [7n, 8n], g: 6 });
  });

  it("names unnamed parameters and refuses structures of unknown size", () => {
    expect(decode("void f(int, int)", [1n, 2n])).toEqual({ arg0: 1, arg1: 2 });
    expect(() => decode("void f(struct huge h)", [])).toThrow(/by value/);
  });

  it("says where variable arguments begin", () => {
    expect(namedPlacement(parsePrototype("int f(const char *fmt, ...)"))).toEqual({ registers: 1, slots: 0 });
  });
});
