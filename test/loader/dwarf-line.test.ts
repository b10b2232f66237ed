import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readLineTable } from "../../src/loader/dwarf-line.ts";
import { checkElf } from "../../src/loader/elf-validity.ts";
import { LoadFailure } from "../../src/loader/failure.ts";

const file = (name: string): Uint8Array =>
  readFileSync(new URL(`../analysis/mods/${name}.ko`, import.meta.url));
const elfOf = (bytes: Uint8Array) => checkElf(bytes, { log() {} });
const own = (path: string): boolean => !path.includes("include/");

describe.each(["lines4", "lines5"])("%s: line numbers", (name) => {
  const elf = elfOf(file(name));
  const table = readLineTable(elf);
  const at = (section: string, offset: number): string => {
    const place = table?.lookup(elf.named.get(section)?.[0]?.index ?? 0, offset, own);
    return place === undefined ? "nothing" : `${place.file.replace(/^\.\//, "")}:${place.line}`;
  };

  // As `readelf --debug-dump=decodedline` and `objdump -dl` have them.
  it("of each section's code", () => {
    expect(at(".text.unlikely", 0)).toBe("lines.h:3");
    // The call of kmalloc_trace, behind inline functions of slab.h; then the store through its result.
    expect(at(".text.unlikely", 0x1e)).toBe("lines.h:4");
    expect(at(".text.unlikely", 0x1f)).toBe("lines.h:6");
    expect(at(".init.text", 0)).toBe("lines.c:11");
    expect(at(".init.text", 0x1a)).toBe("lines.c:12");
    expect(at(".exit.text", 0)).toBe("lines.c:20");
  });
  it("of nothing else", () => {
    expect(at(".init.text", 0x10000)).toBe("nothing");
    expect(at(".data", 0)).toBe("nothing");
    expect(table?.lookup(0, 0)).toBeUndefined();
    expect(table?.lookup(9999, 0)).toBeUndefined();
  });
});

describe("line numbers of damaged files", () => {
  it("are absent where the file has none", () => {
    expect(readLineTable(elfOf(file("errorpaths")))).toBeUndefined();
  });

  it.each(["lines4", "lines5"])("%s: every byte of .debug_line wrong in turn, and every length", (name) => {
    const whole = file(name);
    const section = elfOf(whole).named.get(".debug_line")?.[0];
    if (section === undefined) throw new Error("no .debug_line");
    for (let index = 0; index < section.size; index += 1) {
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = Uint8Array.from(whole);
        bytes[section.offset + index] = value;
        const table = readLineTable(elfOf(bytes));
        for (let offset = 0; offset < 64; offset += 8) table?.lookup(1, offset);
      }
    }
    for (let cut = 0; cut < section.size; cut += 7) {
      const bytes = Uint8Array.from(whole);
      const view = new DataView(bytes.buffer);
      // sh_size of the section's header.
      const header = Number(view.getBigUint64(40, true)) + section.index * 64;
      view.setBigUint64(header + 32, BigInt(cut), true);
      try {
        readLineTable(elfOf(bytes));
      } catch (error) {
        if (!(error instanceof LoadFailure)) throw error;
      }
    }
  });
});
