import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkElf } from "../../src/loader/elf-validity.ts";
import { readSymbols } from "../support/kallsyms.ts";
import { imageMemory } from "../support/image-memory.ts";
import { loadForTest, moduleFile, recordingHost } from "../support/load-host.ts";

const FILES = [
  "truth/mods/t_crash.ko",
  "truth/mods/t_exp_a.ko",
  "truth/mods/t_param.ko",
  "loader/fixtures/l_image.ko",
];

interface ElfySection {
  readonly name: string;
  readonly off: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
}

/** elfy 1.0 has no types; docs/decisions says what it is trusted with. */
const elfy = createRequire(import.meta.url)("elfy") as {
  parse(bytes: Buffer): { readonly body: { readonly sections: readonly ElfySection[] } };
};

const haveReadelf = spawnSync("readelf", ["--version"]).error === undefined;

const readelf = (file: string, option: string): string =>
  execFileSync("readelf", ["-W", option, fileURLToPath(new URL(`../${file}`, import.meta.url))], {
    encoding: "latin1",
    maxBuffer: 1 << 26,
  });

const sectionsOf = (file: string) => checkElf(moduleFile(file), recordingHost()).sections;

describe.each(FILES)("%s", (file) => {
  test("elfy sees the same sections", () => {
    const theirs = elfy.parse(Buffer.from(moduleFile(file))).body.sections;
    const mine = sectionsOf(file).map(({ name, offset, size, link, info }) => ({
      name,
      off: offset,
      size,
      link,
      info,
    }));
    expect(theirs.map(({ name, off, size, link, info }) => ({ name, off, size, link, info }))).toEqual(mine);
  });

  test.skipIf(!haveReadelf)("readelf sees the same sections", () => {
    const lines = readelf(file, "-S").matchAll(
      /^ +\[ *(\d+)\] (\S*) +[A-Z]+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) +([A-Za-z]*) +(\d+) +(\d+) +(\d+)$/gm,
    );
    const theirs = [...lines].map((line) => ({
      index: Number(line[1]),
      name: line[2],
      offset: parseInt(line[4] ?? "", 16),
      size: parseInt(line[5] ?? "", 16),
      link: Number(line[8]),
      info: Number(line[9]),
      align: Number(line[10]),
    }));
    const mine = sectionsOf(file).map(({ index, name, offset, size, link, info, align }) => ({
      index,
      name,
      offset,
      size,
      link,
      info,
      align,
    }));
    expect(theirs.length).toBeGreaterThan(10);
    expect(mine.filter(({ index }) => index > 0)).toEqual(theirs.filter(({ index }) => index > 0));
  });

  test.skipIf(!haveReadelf)("readelf sees the same symbols", () => {
    const rows = readelf(file, "-s").matchAll(/^ +(\d+): ([0-9a-f]{16}) +\d+ \w+ +\w+ +\w+ +(\S+) ?(\S*)/gm);
    const theirs = [...rows].map((row) => ({ section: row[3], name: row[4] }));
    const resolver = {
      findSymbol: () => ({
        value: 0,
        crc: undefined,
        gplOnly: false,
        namespace: undefined,
        owner: undefined,
      }),
      refModule: () => 0,
    };
    const { image, linked } = loadForTest(moduleFile(file), { resolver });
    const mine = readSymbols(linked.finalized.initKallsyms, imageMemory(image));
    expect(mine.length).toBe(theirs.length - 1);
    for (const [i, { name, section }] of mine.entries()) {
      const other = theirs[i + 1];
      // readelf prints a section's name for its symbol, and cuts no others in wide mode.
      if (name !== "") expect(name).toBe(other?.name);
      if (/^\d+$/.test(other?.section ?? "")) expect(section).toBe(Number(other?.section));
    }
  });
});
