import { describe, expect, test } from "vitest";
import { hex16, toAddress, toPattern } from "../../src/base/address.ts";
import { SHN_ABS } from "../../src/loader/elf.ts";
import { LoadFailure } from "../../src/loader/failure.ts";
import { moduleSections, relaData, writeElf } from "../support/elf-writer.ts";
import type { RelaSpec } from "../support/elf-writer.ts";
import { debianBuild, loadForTest, recordingHost } from "../support/load-host.ts";

const ABS = "target";
/** Places in .data, where every relocation of these tests goes. */
const PLACE = 8;

interface Relocated {
  readonly lines: readonly string[];
  readonly errno: number;
  /** The eight bytes at PLACE, and where they are. */
  readonly value: bigint;
  readonly location: bigint;
}

const relocate = (value: bigint, rela: Partial<RelaSpec>, content = 0): Relocated => {
  const { moduleStruct } = debianBuild();
  const data = Buffer.alloc(32);
  data[PLACE] = content;
  const entry: RelaSpec = { offset: PLACE, type: 0, symbol: 1, addend: 0n, ...rela };
  const bytes = writeElf(
    [
      ...moduleSections("synthetic", moduleStruct.size, moduleStruct.offset("name") ?? 0),
      { name: ".data", flags: 3, align: 16, data },
      { name: ".rela.data", type: 4, info: ".data", link: ".symtab", data: relaData([entry]) },
    ],
    [{ name: ABS, section: SHN_ABS, value }],
  );
  const host = recordingHost();
  // No version table: the kernel forces such a module in, which is not what is tested here.
  const resolver = { findSymbol: () => undefined, refModule: () => 0 };
  try {
    const { image, prepared } = loadForTest(bytes, { host, resolver });
    const section = prepared.info.elf.sections.find(({ name }) => name === ".data");
    const address = image.sectionAddresses[section?.index ?? 0] ?? 0;
    const at = address - image.core.base + PLACE;
    const found = image.core.view.getBigUint64(at, true);
    return { lines: host.lines, errno: 0, value: found, location: toPattern(address + PLACE) };
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    return { lines: host.lines, errno: error.errno, value: 0n, location: 0n };
  }
};

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const low = (value: bigint): bigint => BigInt.asUintN(32, value);

/** Values whose halves carry, borrow and change sign. */
const VALUES = [
  0n,
  1n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffff80000000n,
  0xffffffff7fffffffn,
  0xffffffffc0201000n,
  0xffffffffffffffffn,
  0x35000n,
];
const ADDENDS = [0n, -4n, 4n, 0x7fffffffn, -0x80000000n, 0x123456789abcdefn, -0x123456789abcdefn];
const pairs = VALUES.flatMap((value) => ADDENDS.map((addend) => [value, addend] as const));

describe("against arithmetic modulo 2^64", () => {
  test("R_X86_64_64 is S + A", () => {
    for (const [value, addend] of pairs) {
      expect(relocate(value, { type: 1, addend }).value).toBe(wrap(value + addend));
    }
  });

  test("R_X86_64_PC32 and PLT32 are the low half of S + A - P, whatever the high half", () => {
    for (const [value, addend] of pairs) {
      for (const type of [2, 4]) {
        const result = relocate(value, { type, addend });
        expect(result.value).toBe(low(value + addend - result.location));
      }
    }
  });

  test("R_X86_64_PC64 is S + A - P", () => {
    for (const [value, addend] of pairs) {
      const result = relocate(value, { type: 24, addend });
      expect(result.value).toBe(wrap(value + addend - result.location));
    }
  });

  test("R_X86_64_32 must extend with zeros, R_X86_64_32S with the sign", () => {
    for (const [value, addend] of pairs) {
      const sum = wrap(value + addend);
      const unsigned = relocate(value, { type: 10, addend });
      expect(unsigned.errno).toBe(sum === low(sum) ? 0 : 8);
      if (unsigned.errno === 0) expect(unsigned.value).toBe(sum);
      const signed = relocate(value, { type: 11, addend });
      expect(signed.errno).toBe(sum === wrap(BigInt.asIntN(32, sum)) ? 0 : 8);
      if (signed.errno === 0) expect(signed.value).toBe(low(sum));
    }
  });

  test("R_X86_64_NONE changes nothing, nor needs a place", () => {
    expect(relocate(5n, { type: 0, offset: 0xffffff }).value).toBe(0n);
  });
});

test("overflow says the whole value", () => {
  const { lines } = relocate(0xffffffff00000000n, { type: 11 });
  expect(lines.slice(-2)).toEqual([
    "<3>module: overflow in relocation type 11 val ffffffff00000000",
    "<3>module: `synthetic' likely not compiled with -mcmodel=kernel",
  ]);
});

test("a place that is not zero is not touched", () => {
  for (const type of [1, 2, 4, 10, 11, 24]) {
    const { errno, lines } = relocate(0x1000n, { type, addend: 16n }, 0x80);
    expect(errno).toBe(8);
    expect(lines.at(-1)).toBe(
      `<3>module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type ${type}, loc (____ptrval____), val 1010`,
    );
  }
});

test("places and symbols outside the module are refused", () => {
  for (const offset of [2 ** 20, 2 ** 32, 2 ** 52]) {
    expect(relocate(0n, { type: 2, offset }).errno).toBe(8);
  }
  expect(relocate(0n, { type: 2, symbol: 99 }).errno).toBe(8);
});

test("addresses keep their 64 bits on the way", () => {
  for (const value of VALUES.filter((one) => one > 2n ** 63n + 2n ** 53n)) {
    expect(hex16(toAddress(value))).toBe(value.toString(16).padStart(16, "0"));
  }
});
