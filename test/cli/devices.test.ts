/** `kobox check` and `kobox fuzz` with a device described, and firmware: a driver's probe is their subject, too. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/analysis/check/report.ts";
import { ROOT, inFolder, kobox } from "../support/command-line.ts";
import { type Schema, violations } from "../support/json-schema.ts";

const MODULE = "test/analysis/mods/probes.ko";
const DEVICE = "test/analysis/mods/probes.json";
const whole = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;

const check = (...args: string[]): CheckReport => {
  const { stdout } = kobox(["check", "--json", MODULE, ...args]);
  const report = JSON.parse(stdout) as CheckReport;
  expect(violations({ ...whole.$defs, ...whole, $ref: "#/$defs/check" }, report)).toEqual([]);
  return report;
};
const failures = ({ cases }: CheckReport, symbol: string): string[] =>
  cases
    .filter(({ name, what }) => what === "failure" && name.startsWith(symbol))
    .map(({ name, verdict, message }) => `${name}: ${verdict}, ${message}`);

describe("kobox check --device", () => {
  it("fails the calls of a probe, and tells what the probe makes of it", () => {
    const report = check("--no-parameters", "--device", DEVICE);
    expect(report.calls.map(({ symbol }) => symbol)).toEqual([
      "__platform_driver_register",
      "devm_platform_ioremap_resource",
      "kmalloc_trace",
      "misc_register",
    ]);
    expect(report.cases[0]?.message).toBe("init returned 0, the probe of probes.1 returned 0");
    expect(failures(report, "misc_register#1=EBUSY")).toEqual([
      "misc_register#1=EBUSY: returned, the probe of probes.1 returned -EBUSY",
    ]);
    expect(report.summary.errors + report.summary.warnings).toBe(0);
  });

  it("has nothing to fail there without the device", () => {
    const { calls, cases } = check("--no-parameters");
    expect(calls.map(({ symbol }) => symbol)).toEqual(["__platform_driver_register"]);
    expect(cases.map(({ probes }) => probes)).toEqual(cases.map(() => []));
  });

  it("finds what a probe leaks, by the command that it names", () => {
    const report = check("what=leak", "--no-parameters", "--device", DEVICE);
    const bad = report.cases.find(({ name }) => name === "misc_register#1=EBUSY");
    expect(bad).toMatchObject({
      verdict: "leaked",
      probes: [{ device: "probes.1", driver: "probes", returned: -16 }],
      command: `kobox run ${MODULE} what=leak --device ${DEVICE} --fail 'misc_register#1=EBUSY'`,
    });
    const again = kobox(bad?.command.replaceAll("'", "").split(" ").slice(1) ?? []);
    expect(again.stderr).toContain(`finding leak: ${bad?.message}`);
  });

  it("tells when a probe tells of another error", () => {
    expect(failures(check("what=changed", "--no-parameters", "--device", DEVICE), "misc_register")[0]).toBe(
      "misc_register#1=EBUSY: changed, the probe of probes.1 returned -EIO instead of -EBUSY",
    );
  });

  it("shows it in its table", () => {
    const { stdout, status } = kobox([
      "check",
      MODULE,
      "--device",
      DEVICE,
      "--fail",
      "misc_register#1=EBUSY",
    ]);
    expect(stdout).toMatch(/^ {2}misc_register#1=EBUSY +probe -EBUSY +ok +probe\+0x/m);
    expect(status).toBe(0);
  });

  it("has firmware, for the parameters' edges, too", () => {
    inFolder((folder) => {
      writeFileSync(join(folder, "probes.bin"), "code");
      const { cases } = check("--fail", "misc_register#1=EBUSY", "--device", DEVICE, "--firmware", folder);
      expect(cases[1]?.command).toContain(` --device ${DEVICE} --firmware ${folder} --fail `);
      const edges = check("--limit=1", "--device", DEVICE, "--firmware", folder).cases;
      expect(edges.find(({ name }) => name === "load=1")).toMatchObject({
        message: "init returned 0, the probe of probes.1 returned 0",
        command: `kobox run ${MODULE} load=1 --device ${DEVICE} --firmware ${folder}`,
      });
    });
  });

  it("knows firmware that is released, after a failure, too, from firmware that is not", () => {
    inFolder((folder) => {
      writeFileSync(join(folder, "probes.bin"), "code");
      const around = ["load=1", "--no-parameters", "--device", DEVICE, "--firmware", folder];
      const released = check(...around);
      expect(failures(released, "request_firmware#1=ENOENT")).toEqual([
        "request_firmware#1=ENOENT: returned, the probe of probes.1 returned -ENOENT",
      ]);
      expect(released.summary.errors + released.summary.warnings).toBe(0);
      expect(check("what=keep", ...around).cases[0]).toMatchObject({
        verdict: "leaked",
        message: expect.stringMatching(/^\d+ bytes of request_firmware\(\) never freed/) as string,
      });
    });
  });

  it("refuses a file that describes no device", () => {
    const { status, stderr } = kobox(["check", MODULE, "--device", "package.json"]);
    expect(stderr).toMatch(/^kobox: package\.json: the device has an unknown field/);
    expect(status).toBe(2);
  });
});

describe("kobox fuzz --device", () => {
  const fuzz = (folder: string, ...args: string[]) =>
    kobox(["fuzz", MODULE, "--device", DEVICE, `--corpus=${folder}/corpus`, "--json", ...args]);
  const replay = (folder: string, ...args: string[]) => {
    const [file = ""] = readdirSync(join(folder, "corpus/crashes"));
    return kobox(["run", MODULE, "--replay", join(folder, "corpus/crashes", file), ...args]);
  };

  it("makes the device answer what a probe does not expect; the crash has the device with it", () => {
    inFolder((folder) => {
      const { status, stdout } = fuzz(folder, "what=trust", "--executions=200", "--jobs=2");
      const { devices, crashes } = JSON.parse(stdout) as { devices: unknown; crashes: { crash: object }[] };
      expect(status).toBe(1);
      expect(devices).toEqual([JSON.parse(readFileSync(join(ROOT, DEVICE), "utf8"))]);
      expect(crashes.map(({ crash }) => crash)).toMatchObject([{ kind: "page-fault" }]);
      const again = replay(folder);
      expect(again.stderr).toMatch(/finding page-fault: .* probe\+0x/);
      expect(again.status).toBe(1);
      expect(replay(folder, "--device", DEVICE).stderr).toMatch(/names the devices itself/);
      const other = kobox(["fuzz", MODULE, "what=trust", `--corpus=${folder}/corpus`, "--executions=1"]);
      expect(other.stderr).toMatch(/that session differs in its devices/);
    });
  });

  it("finds nothing where the probe looks at it", () => {
    inFolder((folder) => expect(fuzz(folder, "--executions=100").status).toBe(0));
  });

  it("replays with the same firmware only", () => {
    inFolder((folder) => {
      const firmware = join(folder, "firmware");
      const place = (name: string, size: number): void =>
        writeFileSync(join(firmware, name), new Uint8Array(size));
      mkdirSync(firmware);
      place("probes.bin", 100);
      fuzz(folder, "what=firmware", "load=1", "--executions=5", "--firmware", firmware);
      expect(replay(folder, "--firmware", firmware).stderr).toContain("finding bug: kernel BUG at");
      expect(replay(folder).stderr).toMatch(/with the firmware probes\.bin; probes\.bin is missing/);
      place("more.bin", 1);
      expect(replay(folder, "--firmware", firmware).stderr).toMatch(/more\.bin was not there/);
      place("probes.bin", 99);
      const { status, stderr } = replay(folder, "--firmware", firmware);
      expect(stderr).toMatch(/probes\.bin has other contents\n\s+Give the same files/);
      expect(status).toBe(2);
    });
  });
});
