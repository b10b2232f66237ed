import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createSourceLines, withSource } from "../../src/analysis/source-lines.ts";

const file = (name: string): Uint8Array => readFileSync(new URL(`mods/${name}.ko`, import.meta.url));
const finding = (kind: string, where: string, stack: string[] = []) =>
  ({ kind, severity: "error", message: "", where, stack }) as const;

describe("source lines", () => {
  const lines = createSourceLines("lines", file("lines5"));

  it("are those of the call for a place behind one, of the instruction for a trap", () => {
    expect(lines.find("lines_init+0x1b/0x1000 [lines]", "return")).toEqual({ file: "lines.c", line: 12 });
    expect(lines.find("lines_more+0x1f/0x35 [lines]", "return")).toEqual({ file: "lines.h", line: 4 });
    expect(lines.find("lines_more+0x1f/0x35 [lines]", "instruction")).toEqual({ file: "lines.h", line: 6 });
  });
  it("are added to findings, from the stack where the place is the kernel's", () => {
    const place = "lines_more+0x1f/0x35 [lines]";
    expect(withSource(lines, finding("leak", place)).source?.line).toBe(4);
    expect(withSource(lines, finding("null-dereference", place)).source?.line).toBe(6);
    const inKernel = withSource(lines, finding("page-fault", "memcpy+0x3/0x10", ["memcpy+0x3/0x10", place]));
    expect(inKernel.source).toEqual({ file: "lines.h", line: 4 });
  });
  it.each([
    "lines_init+0x1b/0x1000 [other]",
    "nothing+0x1/0x2 [lines]",
    "lines_init+0x1b/0x1000",
    "0xffffffffc0000000",
    "",
  ])("of %j there are none", (place) => {
    expect(lines.find(place, "return")).toBeUndefined();
  });
  it("are none for a file without, or a file that is no module", () => {
    const place = "errorpaths_init+0x20/0x1000 [errorpaths]";
    expect(createSourceLines("errorpaths", file("errorpaths")).find(place, "return")).toBeUndefined();
    expect(createSourceLines("errorpaths", new Uint8Array(10)).find(place, "return")).toBeUndefined();
  });
});
