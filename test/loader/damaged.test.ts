import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { verifyExportedSymbols } from "../../src/loader/exports.ts";
import { LoadFailure } from "../../src/loader/failure.ts";
import type { SymbolResolver } from "../../src/loader/symbols.ts";
import { damagedFile, damagedModules, duplicate } from "../support/damaged-modules.ts";
import { debianResolver, loadForTest, moduleFile, recordingHost } from "../support/load-host.ts";

/** What Debian's 6.1.0-56-amd64 said of each damaged module, as the first of a boot. */
const recorded = JSON.parse(
  readFileSync(new URL("fixtures/damaged.json", import.meta.url), "utf8"),
) as Record<string, { errno: number; dmesg: string[] }>;

const base = moduleFile("loader/fixtures/l_image.ko");

const load = (bytes: Uint8Array): { errno: number; dmesg: string[] } => {
  const host = recordingHost();
  try {
    loadForTest(bytes, { host, percpu: 0x35000 });
    return { errno: 0, dmesg: host.lines };
  } catch (error) {
    if (error instanceof LoadFailure) return { errno: error.errno, dmesg: host.lines };
    throw error;
  }
};

/** `%p` of a recording is a hash of an address. */
const blurPointers = (line: string): string => line.replace(/loc [0-9a-f]{16}/, "loc (____ptrval____)");

describe("the kernel's errno and words", () => {
  test.each(damagedModules)("$name", (module) => {
    const expected = recorded[module.name];
    expect(load(damagedFile(base, module))).toEqual({
      errno: expected?.errno,
      dmesg: expected?.dmesg.map(blurPointers),
    });
  });

  test("a symbol that is exported already", () => {
    const first = loadForTest(base, { percpu: 0x35000 });
    const kernel = debianResolver();
    const resolver: SymbolResolver = {
      findSymbol(name, gplOk) {
        const exported = first.linked.exports.find((one) => one.name === name);
        if (exported === undefined) return kernel.findSymbol(name, gplOk);
        return { ...exported, owner: { name: "l_image", taints: 0 } };
      },
      refModule: () => 0,
    };
    const { prepared, linked } = loadForTest(damagedFile(base, duplicate), { resolver, percpu: 0x36000 });
    const host = recordingHost();
    expect(() => verifyExportedSymbols(prepared.info, linked.exports, resolver, host)).toThrow(
      expect.objectContaining({ errno: recorded["duplicate"]?.errno }),
    );
    expect(host.lines).toEqual(recorded["duplicate"]?.dmesg);
  });
});
