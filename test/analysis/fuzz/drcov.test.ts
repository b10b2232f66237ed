import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { coveredBlocks } from "../../../src/analysis/fuzz/covered.ts";
import { drcovFile } from "../../../src/analysis/fuzz/drcov.ts";
import { blockSize } from "../../../src/analysis/fuzz/module-image.ts";

it("measures blocks up to what ends them", () => {
  // push %rbp; test %eax,%eax; je; nop; call; ud2; then a byte that is cut off.
  const code = Uint8Array.from([0x55, 0x85, 0xc0, 0x74, 0x00, 0x90, 0xe8, 0, 0, 0, 0, 0x0f, 0x0b, 0xe8]);
  expect([0, 5, 11, 13].map((at) => blockSize(code, at))).toEqual([5, 6, 2, 1]);
});

it("names the sections that blocks lie in, and leaves other code out", () => {
  const code = [{ name: ".text", address: -4096, bytes: Uint8Array.from([0x90, 0xc3, 0x90, 0xc3]) }];
  const coverage = { blocks: () => Float64Array.from([-4094, -4096, 12, -1]) };
  expect(coveredBlocks(coverage as never, code)).toEqual([
    { section: ".text", offset: 2, size: 2 },
    { section: ".text", offset: 0, size: 2 },
  ]);
});

it("writes version 2 of the format: a head of lines, then 8 bytes a block", () => {
  const file = readFileSync("samples/hello/hello.ko");
  const bytes = Buffer.from(
    drcovFile(file, "hello.ko", [
      { section: ".init.text", offset: 4, size: 7 },
      { section: ".nowhere", offset: 0, size: 1 },
    ]),
  );
  const head = bytes.subarray(0, bytes.indexOf("bbs\n") + 4).toString("latin1");
  expect(head).toMatch(
    /^DRCOV VERSION: 2\nDRCOV FLAVOR: \w+\nModule Table: version 2, count 1\nColumns: id, base, end, entry, path\n/,
  );
  expect(head).toMatch(/, hello\.ko\nBB Table: 1 bbs\n$/);
  const table = bytes.subarray(head.length);
  expect(table).toHaveLength(8);
  expect(table.readUInt16LE(4)).toBe(7);
  expect(table.readUInt16LE(6)).toBe(0);
});
