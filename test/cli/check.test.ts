/** `kobox check` as a command: its document against the published schema, its exit status, its formats. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, kobox } from "../support/command-line.ts";
import { type Schema, violations } from "../support/json-schema.ts";
import type { CheckReport } from "../../src/analysis/check/report.ts";

const MODULE = "test/analysis/mods/errorpaths.ko";
const whole = JSON.parse(readFileSync(join(ROOT, "docs/report.schema.json"), "utf8")) as Schema;
const schema: Schema = {
  $ref: "#/$defs/check",
  ...(whole.$defs === undefined ? {} : { $defs: whole.$defs }),
};

const check = (...args: string[]): { report: CheckReport; status: number | null } => {
  const { status, stdout } = kobox(["check", "--json", ...args]);
  return { report: JSON.parse(stdout) as CheckReport, status };
};
const verdicts = ({ cases }: CheckReport, what: string): string[] =>
  cases.filter((each) => each.what === what).map(({ name, verdict }) => `${name}: ${verdict}`);

describe("kobox check", () => {
  it.each([
    ["what=good", 0],
    ["what=leak", 1],
    ["what=null", 1],
    ["what=forget", 1],
  ])("%s: a document as the schema has it, exit status %d", (parameter, expected) => {
    const { report, status } = check(MODULE, parameter);
    expect(violations(schema, report)).toEqual([]);
    expect(status).toBe(expected);
  });

  it("tries parameters at their edges, and the module a second time", () => {
    const { report, status } = check(MODULE, "what=unchecked");
    expect(verdicts(report, "again")).toEqual(["inserted again: passed"]);
    expect(verdicts(report, "parameter").filter((line) => line.startsWith("size"))).toEqual([
      "size=0: passed",
      "size=-1: passed",
      "size=1: passed",
      "size=-2147483648: passed",
      "size=2147483647: crashed",
    ]);
    expect(status).toBe(1);
  });

  it("finds that a module cannot come again", () => {
    const { report } = check(MODULE, "what=forget");
    expect(verdicts(report, "clean")).toEqual(["without a failure: left-registered"]);
  });

  it("prints the command that does it again, and run does it", () => {
    const { report } = check(MODULE, "what=leak");
    const bad = report.cases.find(({ verdict }) => verdict === "leaked");
    expect(bad?.command).toBe(`kobox run ${MODULE} what=leak --fail '__class_create#1=ENOMEM'`);
    const again = kobox(["run", "--json", MODULE, "what=leak", "--fail", "__class_create#1=ENOMEM"]);
    const { findings } = JSON.parse(again.stdout) as { findings: { kind: string; message: string }[] };
    expect(findings.filter(({ kind }) => kind === "leak").map(({ message }) => message)).toEqual([
      bad?.message,
    ]);
    expect(again.status).toBe(1);
  });

  it.each([
    [["--format=xml"], /--format/],
    [["--scope=some"], /--scope/],
    [["--fail", "nothing"], /--fail/],
    [["--fail", "no_such_function#1=NULL"], /no_such_function/],
    [["--fail", "misc_register#1=ELOOP"], /misc_register does not fail with ELOOP/],
    [["--pairs=-1"], /--pairs/],
  ])("%j is a usage error", (args, message) => {
    const { status, stderr } = kobox(["check", MODULE, ...args]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
