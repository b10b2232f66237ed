import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CheckOptions, type CheckResult, check, prepareCheck } from "../../src/analysis/check/check.ts";
import { parseSanitizers } from "../../src/analysis/sanitizers/sanitizers.ts";
import { formatSpec, parseSpec } from "../../src/analysis/check/spec.ts";
import { boot } from "../../src/sandbox.ts";

const read = (path: string): Uint8Array => readFileSync(new URL(`../../${path}.ko`, import.meta.url));

const run = (path: string, parameters = "", options: Partial<CheckOptions> = {}): CheckResult => {
  const sandbox = boot({ ram: 48 << 20, checks: true });
  const all: CheckOptions = {
    bytes: read(path),
    parameters,
    sanitizers: parseSanitizers("all"),
    scope: "init",
    pairs: 0,
    limit: 1000,
    only: [],
    ...options,
  };
  const prepared = prepareCheck(sandbox, all);
  if (!("bench" in prepared)) throw new Error("the module was not taken");
  const result = check(prepared.bench, prepared.armed, all);
  sandbox.close();
  return result;
};
const errorpaths = (what: string, options: Partial<CheckOptions> = {}): CheckResult =>
  run("test/analysis/mods/errorpaths", `what=${what}`, options);

/** The cases that somebody has to look at: "spec: verdict". */
const bad = ({ cases }: CheckResult): string[] =>
  cases
    .filter(({ judgement }) => judgement.severity === "error" || judgement.severity === "warning")
    .map(({ specs, judgement }) => `${specs.map(formatSpec).join(" ")}: ${judgement.verdict}`);

const CLASS = ["__class_create#1=ENOMEM", "__class_create#1=EEXIST"];
const MISC = ["misc_register#1=EBUSY", "misc_register#1=ENOMEM", "misc_register#1=EEXIST"];

describe("kobox check", () => {
  it("counts the calls of init that can fail, and fails each in each way", () => {
    const { calls, cases, clean } = errorpaths("good");
    expect(calls.map(({ symbol, nth }) => `${symbol}#${nth}`)).toEqual([
      "kmalloc_trace#1",
      "debugfs_create_dir#1",
      "kmalloc_trace#2",
      "__class_create#1",
      "misc_register#1",
      "proc_create_single_data#1",
    ]);
    expect(clean.judgement).toMatchObject({ severity: "ok", message: "init returned 0" });
    expect(cases.map(({ judgement }) => judgement.verdict)).toEqual([
      "returned",
      "tolerated",
      "tolerated",
      ...Array<string>(7).fill("returned"),
    ]);
  });

  it.each([
    ["leak", "leaked", CLASS],
    ["left", "left-registered", MISC],
    ["null", "crashed", ["kmalloc_trace#2=NULL"]],
    ["errptr", "crashed", CLASS],
    // What was freed is not handed out again while the heap is watched: the second kfree does not crash.
    ["double", "misused", CLASS],
    ["unregister", "crashed", CLASS],
    ["positive", "bad-return", ["kmalloc_trace#2=NULL"]],
    ["huge", "bad-return", ["kmalloc_trace#2=NULL"]],
    ["timer", "left-registered", ["proc_create_single_data#1=NULL"]],
    ["swallow", "", []],
    ["spin", "", []],
  ])("what=%s: %s", (what, verdict, specs) => {
    expect(bad(errorpaths(what))).toEqual(specs.map((spec) => `${spec}: ${verdict}`));
  });

  it("finds what the module itself forgets", () => {
    const { clean, cases } = errorpaths("forget");
    expect(clean.judgement).toMatchObject({ verdict: "left-registered", severity: "error" });
    // And does not say it again for every failure.
    expect(cases.every(({ judgement }) => judgement.severity !== "error")).toBe(true);
  });

  it("notes an error that became another one", () => {
    const changed = errorpaths("changed").cases.filter(({ judgement }) => judgement.verdict === "changed");
    expect(changed.map(({ judgement }) => [judgement.severity, judgement.message])).toEqual([
      ["note", "init returned -EIO instead of -ENOMEM"],
      ["note", "init returned -EIO instead of -EEXIST"],
    ]);
  });

  it("explains pointers used without a look", () => {
    const messageOf = (what: string): string | undefined =>
      errorpaths(what).cases.find(({ judgement }) => judgement.severity === "error")?.judgement.message;
    expect(messageOf("null")).toMatch(/: kmalloc_trace\(\) returned NULL, which was used as a pointer$/);
    expect(messageOf("errptr")).toMatch(
      /: __class_create\(\) returned ERR_PTR\(-ENOMEM\), which was used as a pointer$/,
    );
  });

  it("fails pairs, within a bound", () => {
    const { cases } = errorpaths("good", { pairs: 3 });
    expect(cases.slice(-3).map(({ specs }) => specs.map(formatSpec).join(" "))).toEqual([
      "kmalloc_trace#1=NULL debugfs_create_dir#1=ENOMEM",
      "debugfs_create_dir#1=ENOMEM kmalloc_trace#2=NULL",
      "kmalloc_trace#2=NULL __class_create#1=ENOMEM",
    ]);
  });

  it("makes no more runs than asked for, and says so", () => {
    const { cases, skipped } = errorpaths("good", { limit: 4 });
    expect([cases.length, skipped]).toEqual([4, 6]);
  });

  it("fails what it is told to", () => {
    const { cases } = errorpaths("leak", { only: [parseSpec("class_create=ENOMEM")] });
    expect(cases.map(({ judgement }) => judgement.verdict)).toEqual(["leaked"]);
    const [never] = errorpaths("good", { only: [parseSpec("vmalloc#1=NULL")] }).cases;
    expect(never?.judgement.verdict).toBe("not-reached");
  });

  it.each(["chardev", "exports", "hello", "kthread", "params", "proc", "timer", "unwind", "work"])(
    "has nothing to say about the sample %s",
    (name) => {
      const result = run(`samples/${name}/${name}`);
      expect([result.clean.judgement.severity, ...bad(result)]).toEqual(["ok"]);
    },
  );

  it("gives the same result again", () => {
    const text = (): string =>
      errorpaths("leak")
        .cases.map(({ life, judgement }) => `${life.instructions} ${judgement.message}`)
        .join("\n");
    expect(text()).toBe(text());
  });
});

describe("a failure to inject", () => {
  it("is written symbol#nth=failure", () => {
    expect(parseSpec("kmalloc#3=NULL")).toEqual({ symbol: "kmalloc", nth: 3, failure: "NULL" });
    expect(parseSpec("misc_register=EBUSY").nth).toBe(1);
  });
  it.each(["", "kmalloc", "kmalloc#0=NULL", "a b=NULL", "kmalloc#1="])("is not %j", (text) => {
    expect(() => parseSpec(text)).toThrow(/--fail/);
  });
});
