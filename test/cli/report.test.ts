/** Real outputs of `kobox run --json` and `kobox shell --json` against the published schema. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";
import { type Schema, violations } from "../support/json-schema.ts";
import type { Report } from "../../src/cli/report.ts";

const schema = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;

const run = (...args: string[]): { report: Report; status: number | null } => {
  const { status, stdout } = kobox(["run", "--json", ...args]);
  return { report: JSON.parse(stdout) as Report, status };
};

describe("run --json", () => {
  it.each([
    ["a clean run", 0, ["samples/hello/hello.ko"]],
    ["parameters", 0, ["samples/params/params.ko"]],
    [
      "a module that needs another",
      0,
      ["samples/exports_user/exports_user.ko", "--with", "samples/exports/exports.ko"],
    ],
    ["an unresolved symbol", 1, ["samples/exports_user/exports_user.ko"]],
    ["an oops in init", 1, ["samples/oops/oops.ko"]],
    ["an init that fails", 1, ["test/truth/mods/t_ret.ko", "ret=-12"]],
    ["an oops in exit", 1, ["test/truth/mods/t_crash.ko", "mode=null", "when=exit"]],
    ["a panic", 1, ["test/truth/mods/t_crash.ko", "mode=timer"]],
    ["an endless loop", 1, ["test/truth/mods/t_crash.ko", "mode=loop"]],
    ["a limit used up", 1, ["test/truth/limits/never.ko", "mode=calls", "--max-calls", "100000"]],
    ["no module at all", 1, ["package.json"]],
    ["a timer that keeps running", 0, ["--no-rmmod", "samples/timer/timer.ko"]],
  ])("%s", (_name, expected, args) => {
    const { report, status } = run(...args);
    expect(violations(schema, report)).toEqual([]);
    expect(status).toBe(expected);
  });

  it("tells what happened", () => {
    const { report } = run("samples/hello/hello.ko");
    expect(report.steps.map(({ op, ret, errno }) => [op, ret, errno])).toEqual([
      ["insmod", 0, 0],
      ["sleep", undefined, undefined],
      ["rmmod", 0, 0],
    ]);
    expect(report.steps[0]?.dmesg).toContain("<6>hello from init");
    expect(report.modules).toMatchObject([
      { name: "hello", license: "GPL", taints: "OE", refcount: null, init: { returned: 0, finished: true } },
    ]);
    expect(report.stop).toBe(null);
  });

  it("names the limit that is used up, and the option that raises it", () => {
    const args = ["test/truth/limits/never.ko", "mode=count", "--max-instructions", "10000000"];
    expect(run(...args).report.stop).toMatchObject({ kind: "hang", limit: "instructions" });
    expect(kobox(["run", ...args]).stderr).toContain("--max-instructions raises the limit");
  });

  it("is the same, byte for byte, in the next run", () => {
    const once = kobox(["run", "--json", "samples/work/work.ko"]).stdout;
    expect(kobox(["run", "--json", "samples/work/work.ko"]).stdout).toBe(once);
  });

  it("has what is around the module: a device, firmware, programs that are started", () => {
    const { report: mmio } = run("test/truth/around/mmio.ko", "--device", "test/library/devices/t_mmio.json");
    expect(mmio.steps[0]?.dmesg).toContain("<6>mmio: speed 9600 data board");
    inFolder((folder) => {
      writeFileSync(join(folder, "t_fw.bin"), "blob");
      const { report } = run("test/truth/around/fw.ko", "--firmware", folder);
      expect(report.steps[0]?.dmesg.some((line) => line.endsWith("some 4 blob"))).toBe(true);
    });
    const { report } = run("test/truth/around/fw.ko", "what=helper");
    expect(violations(schema, report)).toEqual([]);
    expect(report.helpers.length).toBeGreaterThan(0);
  });

  it("says why a file is refused", () => {
    inFolder((folder) => {
      const path = join(folder, "cut.ko");
      writeFileSync(path, readFileSync(join(ROOT, "samples/hello/hello.ko")).subarray(0, 100));
      const { report } = run(path);
      expect(violations(schema, report)).toEqual([]);
      expect(report.steps[0]).toMatchObject({ ret: -1, errno: 8 });
    });
  });
});

it("shell --json writes a line for each command", () => {
  const script = "insmod samples/hello/hello.ko; echo $?\nlsmod\nfalse\nrmmod hello\n";
  const { stdout } = kobox(["shell", "--json", "-"], { input: script });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines).toHaveLength(4);
  expect(lines.flatMap((line) => violations(schema, line, schema.$defs?.["shellLine"]))).toEqual([]);
});

it("shell says which limit is used up, and stops", () => {
  const script = "insmod test/truth/limits/never.ko mode=calls\nlsmod\n";
  const { stdout, stderr, status } = kobox(["shell", "--max-calls", "100000", "-"], { input: script });
  expect(stderr).toMatch(/kobox: hang: 100000 calls of kernel functions.*\n.*--max-calls raises the limit/);
  expect([stdout, status]).toEqual(["", 1]);
});
