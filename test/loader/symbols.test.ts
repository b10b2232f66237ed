import { describe, expect, test } from "vitest";
import { EBUSY, ENOENT } from "../../src/base/errno.ts";
import { STB_WEAK } from "../../src/loader/elf.ts";
import { LoadFailure } from "../../src/loader/failure.ts";
import { linkModule, prepareModule } from "../../src/loader/load.ts";
import { moveModule } from "../../src/loader/image.ts";
import { addressFromHalves } from "../../src/base/address.ts";
import type { ExportedSymbol, OwnerAnswer, OwnerBusy, SymbolResolver } from "../../src/loader/symbols.ts";
import { moduleSections, writeElf } from "../support/elf-writer.ts";
import type { SymbolSpec } from "../support/elf-writer.ts";
import { debianBuild, firstBases, recordedPatching, recordingHost } from "../support/load-host.ts";
import type { RecordingHost } from "../support/load-host.ts";

const PROPRIETARY = 1;

const exported = (over: Partial<ExportedSymbol> = {}): ExportedSymbol => ({
  value: -0x7f000000,
  crc: undefined,
  gplOnly: false,
  namespace: undefined,
  owner: undefined,
  ...over,
});

const resolverOf = (
  symbols: Readonly<Record<string, ExportedSymbol>>,
  refModule: (owner: string) => number = () => 0,
): SymbolResolver => ({
  findSymbol: (name, gplOk) => {
    const found = symbols[name];
    return found === undefined || (found.gplOnly && !gplOk) ? undefined : found;
  },
  refModule,
});

const link = function* (
  symbols: readonly SymbolSpec[],
  resolver: SymbolResolver,
  host: RecordingHost,
): Generator<OwnerBusy, readonly number[], OwnerAnswer> {
  const build = debianBuild();
  const { size, offset } = build.moduleStruct;
  const prepared = prepareModule({
    bytes: writeElf(moduleSections("user", size, offset("name") ?? 0), symbols),
    flags: 0,
    build,
    host,
    trustedCertificates: () => [],
    moduleLayoutCrc: undefined,
  });
  const image = moveModule(prepared.info, prepared.layout, firstBases(prepared));
  host.lines.length = 0;
  const linked = yield* linkModule({
    info: prepared.info,
    image,
    percpu: undefined,
    resolver,
    build,
    host,
    patching: recordedPatching(),
    fentry: 0,
  });
  return symbols.map((_, i) =>
    addressFromHalves(linked.symbols.low[i + 1] ?? 0, linked.symbols.high[i + 1] ?? 0),
  );
};

const linkAtOnce = (symbols: readonly SymbolSpec[], resolver: SymbolResolver) => {
  const host = recordingHost();
  try {
    const step = link(symbols, resolver, host).next();
    return { values: step.done === true ? step.value : [], errno: 0, lines: host.lines };
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    return { values: [], errno: error.errno, lines: host.lines };
  }
};

test("a weak symbol that nobody exports is 0, a strong one an error", () => {
  const weak = { name: "maybe", info: STB_WEAK << 4 };
  expect(linkAtOnce([weak], resolverOf({})).values).toEqual([0]);
  expect(linkAtOnce([{ name: "sure" }], resolverOf({}))).toMatchObject({
    errno: ENOENT,
    lines: ["<4>user: Unknown symbol sure (err -2)"],
  });
});

test("the assembler's leftover is not missed", () => {
  expect(linkAtOnce([{ name: "_GLOBAL_OFFSET_TABLE_" }], resolverOf({})).errno).toBe(0);
});

test("every unresolved symbol is named", () => {
  const { lines } = linkAtOnce([{ name: "a" }, { name: "b" }], resolverOf({}));
  expect(lines).toEqual(["<4>user: Unknown symbol a (err -2)", "<4>user: Unknown symbol b (err -2)"]);
});

test("values keep all 64 bits", () => {
  for (const value of [-0x7f000000, 0x35000, -(2 ** 47), 2 ** 47 - 1, -1]) {
    const { values } = linkAtOnce([{ name: "there" }], resolverOf({ there: exported({ value }) }));
    expect(values).toEqual([value]);
  }
});

describe("a proprietary exporter", () => {
  const owner = { name: "closed", taints: PROPRIETARY };

  test("taints who uses it", () => {
    const symbols = { closed_one: exported({ owner }), closed_two: exported({ owner }) };
    const { lines, errno } = linkAtOnce(
      [{ name: "closed_one" }, { name: "closed_two" }],
      resolverOf(symbols),
    );
    expect(errno).toBe(0);
    expect(lines).toEqual([
      "<4>user: module uses symbols closed_one from proprietary module closed, inheriting taint.",
    ]);
  });

  test("is closed to users of GPL-only symbols", () => {
    const symbols = { gpl: exported({ gplOnly: true }), closed: exported({ owner }) };
    const { lines, errno } = linkAtOnce([{ name: "gpl" }, { name: "closed" }], resolverOf(symbols));
    expect(errno).toBe(ENOENT);
    expect(lines).toEqual([
      "<3>user: module using GPL-only symbols uses symbols closed from proprietary module closed.",
      "<4>user: Unknown symbol closed (err -2)",
    ]);
  });

  test("takes GPL-only symbols from those it tainted", () => {
    const symbols = { gpl: exported({ gplOnly: true }), closed: exported({ owner }) };
    const { lines } = linkAtOnce([{ name: "closed" }, { name: "gpl" }], resolverOf(symbols));
    expect(lines.at(-1)).toBe("<4>user: Unknown symbol gpl (err -2)");
  });
});

describe("an exporter that is still in its init", () => {
  const owner = { name: "slow", taints: 0 };

  test("is waited for", () => {
    let busy = 2;
    const resolver = resolverOf({ late: exported({ owner }) }, () => (busy-- > 0 ? EBUSY : 0));
    const host = recordingHost();
    const steps = link([{ name: "late" }], resolver, host);
    expect(steps.next().value).toEqual({ owner: "slow", symbol: "late" });
    expect(steps.next("retry").value).toEqual({ owner: "slow", symbol: "late" });
    expect(steps.next("retry")).toEqual({ done: true, value: [-0x7f000000] });
    expect(host.lines).toEqual([]);
  });

  test("is given up on", () => {
    const host = recordingHost();
    const steps = link(
      [{ name: "late" }],
      resolverOf({ late: exported({ owner }) }, () => EBUSY),
      host,
    );
    steps.next();
    expect(() => steps.next("gave-up")).toThrow(expect.objectContaining({ errno: EBUSY }));
    expect(host.lines).toEqual([
      "<4>user: gave up waiting for init of module slow.",
      "<4>user: Unknown symbol late (err -16)",
    ]);
  });
});
