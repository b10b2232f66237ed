/** lcov tracefiles of a module that was built with debug information (test/analysis/mods/lines.c). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hitsOfBlocks, openLcov } from "../../src/analysis/code/lcov.ts";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";

const MODULE = "test/analysis/mods/lines5.ko";
const file = (name: string): Uint8Array => readFileSync(join(ROOT, `test/analysis/mods/${name}.ko`));

interface Trace {
  /** By file: counts by line, and by function. */
  readonly lines: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly functions: Readonly<Record<string, number>>;
}

/** Reads a tracefile as geninfo(1) describes it, and holds its sums against its lines. */
const read = (text: string): Trace => {
  const lines: Record<string, Record<string, number>> = {};
  const functions: Record<string, number> = {};
  expect(text).toMatch(/end_of_record\n$/);
  for (const record of text.split("end_of_record\n").slice(0, -1)) {
    const rows = record.trimEnd().split("\n");
    const values = (key: string): string[] =>
      rows.flatMap((row) => (row.startsWith(`${key}:`) ? [row.slice(key.length + 1)] : []));
    expect(rows.slice(0, 2)).toEqual([expect.stringMatching(/^TN:\w*$/), expect.stringMatching(/^SF:./)]);
    const counts = values("DA").map((row) => row.split(",").map(Number));
    lines[values("SF")[0] ?? ""] = Object.fromEntries(counts);
    expect(values("LF")).toEqual([`${counts.length}`]);
    expect(values("LH")).toEqual([`${counts.filter(([, count = 0]) => count > 0).length}`]);
    const called = values("FNDA").map((row) => row.split(","));
    for (const [count, name] of called) functions[name ?? ""] = Number(count);
    expect(values("FN").map((row) => row.split(",")[1])).toEqual(called.map(([, name]) => name));
    expect(values("FNF")).toEqual([`${called.length}`]);
    expect(values("FNH")).toEqual([`${called.filter(([count]) => Number(count) > 0).length}`]);
  }
  return { lines, functions };
};

describe("lcov", () => {
  it.each(["lines4", "lines5"])("counts what ran, line by line: %s", (name) => {
    const write = openLcov(file(name), name);
    const nothing = read(write(hitsOfBlocks([])));
    expect(Object.keys(nothing.lines).toSorted()).toEqual(["lines.c", "lines.h"]);
    expect(nothing.functions).toEqual({ lines_init: 0, lines_exit: 0, lines_more: 0 });
    expect(Object.values(nothing.lines["lines.c"] ?? {}).every((count) => count === 0)).toBe(true);

    const exit = read(write(hitsOfBlocks([{ section: ".exit.text", offset: 0, size: 64 }])));
    expect(exit.functions).toEqual({ lines_init: 0, lines_exit: 1, lines_more: 0 });
    expect(exit.lines["lines.c"]).toMatchObject({ "12": 0, "15": 0, "19": 1, "20": 1 });
  });

  it("is refused where the file has no line numbers", () => {
    expect(() => openLcov(file("errorpaths"), "errorpaths.ko")).toThrow(/errorpaths.ko has no line numbers/);
    expect(() => openLcov(new Uint8Array(10), "x.ko")).toThrow(/no line numbers/);
  });

  it("is written by check, which counts runs", () => {
    inFolder((folder) => {
      const out = join(folder, "lcov.info");
      const { stdout } = kobox(["check", "--json", "--no-parameters", MODULE, "--lcov", out]);
      const { cases } = JSON.parse(stdout) as { cases: { name: string }[] };
      const { lines, functions } = read(readFileSync(out, "utf8"));
      expect(functions["lines_init"]).toBe(cases.length);
      // Where its first allocation fails, it goes no further.
      expect(lines["lines.c"]?.["12"]).toBe(cases.length);
      expect(lines["lines.c"]?.["15"]).toBe(cases.length - 1);
    });
  });

  it("is written by fuzz", () => {
    inFolder((folder) => {
      const out = join(folder, "lcov.info");
      const args = ["--target=init", "--executions=20", "--corpus", join(folder, "corpus"), "--lcov", out];
      kobox(["fuzz", MODULE, ...args]);
      const { functions } = read(readFileSync(out, "utf8"));
      expect(functions["lines_init"]).toBe(1);
    });
  });
});
