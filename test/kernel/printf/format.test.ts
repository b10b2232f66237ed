import { expect, test } from "vitest";
import { hostArgs } from "../../../src/abi/varargs.ts";
import { GuestFault } from "../../../src/base/errors.ts";
import type { FormatEnv } from "../../../src/kernel/printf/env.ts";
import { format } from "../../../src/kernel/printf/format.ts";
import { siphash1u64 } from "../../../src/kernel/printf/siphash.ts";
import { createTestMemory } from "./memory.ts";

const memory = createTestMemory();
const warnings: string[] = [];
const env: FormatEnv = {
  memory,
  hashKey: [1n, 2n],
  symbolize: () => undefined,
  field: () => ({ offset: 0, size: 8 }),
  warnOnce: (_site, message) => warnings.push(message),
  callers: () => [],
};
const print = (fmt: string, ...values: (number | bigint)[]): string =>
  format(fmt, hostArgs(values), env).text;

test("integers", () => {
  expect(print("%d|%5d|%-5d|%05d|%+d|% d", -1, 42, 42, 42, 42, 42)).toBe("-1|   42|42   |00042|+42| 42");
  expect(print("%#x|%#o|%#x|%08.3x|%X", 255, 8, 0, 5, 0xbeef)).toBe("0xff|010|0x0|00000005|BEEF");
  expect(print("%lld %llu %hhd %hu", -1, -1, 511, 65537)).toBe("-1 18446744073709551615 -1 1");
  expect(print("%*d|%-*d|%.*d", 4, 7, 4, 7, 3, 7)).toBe("   7|7   |007");
});

test("an unsupported conversion ends the output and is warned about", () => {
  expect(print("a%d %n %d", 1, 2, 3)).toBe("a1 ");
  expect(warnings.at(-1)).toBe("Please remove unsupported %n in format string\n");
});

test("the length counts what was cut away", () => {
  expect(format("%s and %10d", hostArgs([memory.placeString("text"), 5]), env, 6)).toEqual({
    text: "text a",
    length: 19,
  });
  const huge = format("%8388607d".repeat(20), hostArgs([]), env, 4);
  expect(huge).toEqual({ text: "    ", length: 8388607 * 20 });
});

test("bad strings", () => {
  expect(print("%s %s %.3s", 0, 16, -14)).toBe("(null) (efault) (ef");
  expect(() => print("%s", 0x1000)).toThrow(GuestFault);
});

test("a format that contains itself faults instead of recursing for ever", () => {
  const fmt = memory.placeString("%pV");
  const list = memory.place(new Uint8Array(24));
  const vaf = memory.place(new Uint8Array(16));
  memory.setPointer(vaf, fmt);
  memory.setPointer(vaf + 8, list);
  memory.setPointer(list + 16, memory.place(new Uint8Array(48)));
  memory.setPointer(memory.pointer(list + 16), vaf);
  expect(() => print("%pV", vaf)).toThrow(GuestFault);
});

test("SipHash-2-4 of one word (reference vector: 8 bytes 00..07, key 00..0f)", () => {
  expect(siphash1u64(0x0706050403020100n, [0x0706050403020100n, 0x0f0e0d0c0b0a0908n])).toBe(
    0x93f5f5799a932462n,
  );
});
