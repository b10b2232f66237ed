import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readRecordings } from "../../src/cli/truth/recording.ts";
import type { Recording } from "../../src/cli/truth/recording.ts";
import { findSymbolAt, readSymbols } from "../support/kallsyms.ts";
import { imageBytes } from "../../src/loader/image.ts";
import type { SymbolResolver } from "../../src/loader/symbols.ts";
import { imageMemory } from "../support/image-memory.ts";
import { debianResolver, loadForTest, moduleFile } from "../support/load-host.ts";

const path = fileURLToPath(new URL("../truth/dev.jsonl", import.meta.url));
const recordings = [...readRecordings(path).values()];
const linesOf = ({ steps }: Recording): string[] => steps.flatMap(({ dmesg, late }) => [...dmesg, ...late]);

/** Exports of other modules stand anywhere. */
const anySymbol: SymbolResolver = {
  findSymbol: (name, gplOk) =>
    debianResolver().findSymbol(name, gplOk) ?? {
      value: -0x40000000,
      crc: undefined,
      gplOnly: false,
      namespace: undefined,
      owner: undefined,
    },
  refModule: () => 0,
};

/** Before the faulting byte, which the recording puts in angle brackets. */
const PROLOGUE = 42;

interface CodeLine {
  readonly symbol: string;
  readonly offset: number;
  readonly size: number;
  readonly bytes: string;
}

/** "RIP: 0010:go+0x6e/0x84b [t_crash]" and the "Code:" line that follows it. */
const codeLines = (lines: readonly string[], module: string): CodeLine[] => {
  const found: CodeLine[] = [];
  for (const [i, line] of lines.entries()) {
    const rip = /RIP: 0010:(\w+)\+0x(\w+)\/0x(\w+) \[(\w+)\]/.exec(line);
    const code = /Code: ([0-9a-f<> ]+)$/.exec(lines[i + 1] ?? "");
    if (rip === null || code === null || rip[4] !== module) continue;
    const [, symbol = "", offset = "", size = ""] = rip;
    const bytes = (code[1] ?? "").replaceAll(/[<> ]/g, "");
    found.push({ symbol, offset: parseInt(offset, 16), size: parseInt(size, 16), bytes });
  }
  return found;
};

test("bytes around every oops of t_crash.ko are those of the image", () => {
  const { image, linked } = loadForTest(moduleFile("truth/mods/t_crash.ko"));
  const symbols = readSymbols(linked.finalized.initKallsyms, imageMemory(image));
  const lines = recordings.filter(({ job }) => job.startsWith("crash")).flatMap(linesOf);
  const oopses = codeLines(lines, "t_crash");
  expect(oopses.length).toBeGreaterThan(7);
  const textEnd = image.core.base + image.layout.core.textSize;
  for (const { symbol, offset, size, bytes } of oopses) {
    const address = symbols.find(({ name }) => name === symbol)?.address ?? 0;
    expect(findSymbolAt(symbols, address + offset, textEnd)).toEqual({ name: symbol, address, size });
    const code = imageBytes(image, address + offset - PROLOGUE, bytes.length / 2);
    expect(Buffer.from(code ?? []).toString("hex")).toBe(bytes);
  }
});

test("sizes are those /proc/modules says, the init part included while it is there", () => {
  const loaded = new Map<string, string>();
  const sizeOf = (name: string): string => {
    const { image } = loadForTest(moduleFile(`truth/mods/${name}.ko`), { resolver: anySymbol });
    const { core, init } = image.layout;
    return `${core.size} ${core.size + init.size}`;
  };
  let seen = 0;
  for (const line of recordings.flatMap(({ steps }) => steps).flatMap(({ out }) => (out ?? "").split("\n"))) {
    const [, name, size, state] = /^(t_\w+) (\d+) \d+ \S+ (Live|Loading) 0x/.exec(line) ?? [];
    if (name === undefined || name === "t_other") continue;
    if (!loaded.has(name)) loaded.set(name, sizeOf(name));
    expect([name, loaded.get(name)?.split(" ")[state === "Live" ? 0 : 1]]).toEqual([name, size]);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(5);
});
