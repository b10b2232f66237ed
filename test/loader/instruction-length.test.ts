import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { instructionAt } from "../../src/loader/instruction-length.ts";

const lengthOf = (hex: string): number | undefined => {
  const code = Buffer.from(hex.replaceAll(" ", ""), "hex");
  return instructionAt(Buffer.concat([code, Buffer.alloc(16)]), 0)?.length;
};

test.each<[hex: string, length: number | undefined, text: string]>([
  ["90", 1, "nop"],
  ["0f 1f 44 00 00", 5, "long nop"],
  ["66 0f 1f 84 00 00 00 00 00", 9, "nopw"],
  ["e8 00 00 00 00", 5, "call"],
  ["48 b8 00 01 00 00 00 00 ad de", 10, "movabs"],
  ["66 b8 34 12", 4, "mov with 16-bit immediate"],
  ["f6 04 25 00 00 00 00 01", 8, "test byte"],
  ["f7 d8", 2, "neg"],
  ["f7 c0 01 00 00 00", 6, "test"],
  ["f0 48 0f ba 2d ad 33 00 00 03", 10, "lock bts rip-relative"],
  ["65 8b 15 3f 3f e3 3f", 7, "gs load"],
  ["f3 48 0f b8 c7", 5, "popcnt"],
  ["0f 01 cb", 3, "stac"],
  ["0f ae e8", 3, "lfence"],
  ["41 ff d3", 3, "call r11"],
  ["c5 fc 77", 3, "vzeroall"],
  ["c4 e2 7d 58 04 25 00 00 00 00", 10, "vpbroadcastd"],
  ["62 f1 7d 48 6f 04 24", 7, "EVEX"],
  ["a1 00 00 00 00 00 00 00 00", 9, "absolute load"],
  ["c8 10 00 00", 4, "enter"],
  ["0f 0b", 2, "ud2"],
  ["0f b9 cc", 3, "ud1"],
  ["ea", undefined, "far jump, gone in 64-bit mode"],
])("%s has %s bytes: %s", (hex, length) => {
  expect(lengthOf(hex)).toBe(length);
});

test("an instruction must end inside the code", () => {
  expect(instructionAt(Buffer.from("e80000", "hex"), 0)).toBeUndefined();
  expect(instructionAt(Buffer.alloc(0), 0)).toBeUndefined();
  expect(instructionAt(Buffer.alloc(20, 0x66), 0)).toBeUndefined();
});

const haveObjdump = spawnSync("objdump", ["--version"]).error === undefined;

interface Listed {
  readonly at: string;
  readonly hex: string;
  readonly text: string;
}

const disassemble = (file: string): Listed[] => {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const text = execFileSync("objdump", ["-d", "-w", "-z", path], { encoding: "latin1", maxBuffer: 1 << 26 });
  return [...text.matchAll(/^ *([0-9a-f]+):\t([0-9a-f ]+?) *\t(.*)$/gm)].map((line) => ({
    at: line[1] ?? "",
    hex: line[2] ?? "",
    text: line[3] ?? "",
  }));
};

describe.skipIf(!haveObjdump)("objdump agrees", () => {
  test.each(["truth/mods/t_crash.ko", "truth/mods/t_param.ko", "loader/fixtures/l_image.ko"])(
    "on %s",
    (file) => {
      const lines = disassemble(file);
      expect(lines.length).toBeGreaterThan(100);
      for (const { at, hex, text } of lines) {
        if (text.includes("(bad)")) continue;
        expect([at, text, lengthOf(hex)]).toEqual([at, text, hex.split(" ").length]);
      }
    },
  );
});
