import { describe, expect, it } from "vitest";
import { formatJunit } from "../../src/analysis/check/formats/junit.ts";
import { formatKtap } from "../../src/analysis/check/formats/ktap.ts";
import { formatSarif } from "../../src/analysis/check/formats/sarif.ts";
import type { CaseReport, CheckReport } from "../../src/analysis/check/report.ts";
import { violations } from "../support/json-schema.ts";
import { SARIF } from "../support/sarif-schema.ts";

const one = (given: Partial<CaseReport>): CaseReport => ({
  name: "without a failure",
  what: "clean",
  fail: [],
  verdict: "passed",
  severity: "ok",
  message: "init returned 0",
  returned: 0,
  init: { outcome: "returned", value: 0 },
  exit: { outcome: "returned", value: 0 },
  stacks: [],
  findings: [],
  probes: [],
  command: "kobox run a.ko",
  ...given,
});

const leak = one({
  name: "misc_register#1=EBUSY",
  what: "failure",
  fail: ["misc_register#1=EBUSY"],
  verdict: "leaked",
  severity: "warning",
  message: "48 bytes of kmalloc_trace() never freed",
  stacks: [["start+0x3/0x10 [m]", "m_init+0x1/0x2 [m]"]],
  findings: [
    {
      kind: "leak",
      severity: "warning",
      message: "48 bytes of kmalloc_trace() never freed",
      where: "start+0x1/0x10 [m]",
      stack: ["start+0x1/0x10 [m]"],
      source: { file: "a b.c", line: 12 },
      related: [{ message: "allocated by kmalloc_trace()", stack: ["start+0x1/0x10 [m]"] }],
    },
  ],
  command: "kobox run a.ko --fail 'misc_register#1=EBUSY'",
});

const report: CheckReport = {
  report_version: 1,
  kernel: "6.1",
  module: { name: "m", file: "a.ko", parameters: "" },
  scope: "init",
  calls: [],
  cases: [
    one({}),
    leak,
    one({
      name: "vmalloc#9=NULL",
      verdict: "not-reached",
      severity: "note",
      message: "the call was not made",
    }),
    one({
      name: `text=<&">\u0001#\nnot ok 1 forged ]]>`,
      what: "parameter",
      verdict: "crashed",
      severity: "error",
    }),
  ],
  summary: { runs: 4, skipped: 0, errors: 1, warnings: 1, verdicts: {} },
};

/** A reader of KTAP, after Documentation/dev-tools/ktap.rst: results by name, and what does not fit. */
const readKtap = (text: string) => {
  const results: { depth: number; ok: boolean; number: number; name: string; directive: string }[] = [];
  const problems: string[] = [];
  const plans: { depth: number; count: number }[] = [];
  const seen: number[] = [];
  for (const line of text.split("\n")) {
    const depth = (/^ */.exec(line)?.[0].length ?? 0) / 4;
    const body = line.trimStart();
    const plan = /^1\.\.(\d+)$/.exec(body);
    const result = /^(ok|not ok) (\d+) (?:- )?([^#]*?)(?: # (.*))?$/.exec(body);
    if (plan !== null) plans.push({ depth, count: Number(plan[1]) });
    else if (result !== null) {
      const number = Number(result[2]);
      if (number !== (seen[depth] ?? 0) + 1) problems.push(`number ${number}`);
      seen[depth] = number;
      results.push({
        depth,
        ok: result[1] === "ok",
        number,
        name: result[3] ?? "",
        directive: result[4] ?? "",
      });
    } else if (!/^(#|KTAP version 1$)/.test(body)) problems.push(line);
  }
  for (const { depth, count } of plans) {
    if (results.filter((each) => each.depth === depth).length !== count) problems.push(`plan of ${count}`);
  }
  return { results, problems };
};

describe("KTAP", () => {
  it("is read as it was meant", () => {
    const { results, problems } = readKtap(formatKtap(report));
    expect(problems).toEqual([]);
    expect(results.map(({ depth, ok, name, directive }) => [depth, ok, name, directive])).toEqual([
      [1, true, "without a failure", ""],
      [1, false, "misc_register(1)=EBUSY", ""],
      [1, true, "vmalloc(9)=NULL", "SKIP the call was not made"],
      [1, false, `text=<&">? not ok 1 forged ]]>`, ""],
      [0, false, "m", ""],
    ]);
  });
  it("says how to do it again", () => {
    expect(formatKtap(report)).toContain("# again: kobox run a.ko --fail 'misc_register#1=EBUSY'");
  });
});

/** Elements of well-formed XML, or what is wrong with it. */
const readXml = (
  text: string,
): { elements: { name: string; attributes: Record<string, string> }[]; text: string } => {
  const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#10": "\n", "#9": "\t" };
  const decode = (raw: string): string => {
    if (/[<]|&(?!(?:amp|lt|gt|quot|#10|#9);)/.test(raw)) throw new Error(`unescaped: ${raw}`);
    return raw.replaceAll(/&([\w#]+);/g, (_all, name: string) => ENTITIES[name] ?? "?");
  };
  if (/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/.test(text)) throw new Error("a character that XML does not have");
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  let content = "";
  const token = /<\?xml[^?]*\?>|<\/(\w+)>|<(\w+)((?:\s+\w+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  for (
    let match = token.exec(text), at = 0;
    at < text.length;
    at = token.lastIndex, match = token.exec(text)
  ) {
    if (match === null) throw new Error(`not XML at ${at}: ${text.slice(at, at + 40)}`);
    const [, close, name, attributes = "", self, plain] = match;
    if (plain !== undefined) content += decode(plain);
    else if (close !== undefined && open.pop() !== close) throw new Error(`</${close}>`);
    else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        decode(value),
      ]);
      elements.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
      if (self === "") open.push(name);
    }
    if (token.lastIndex >= text.length) break;
  }
  if (open.length > 0) throw new Error(`<${open.join("><")}> stays open`);
  return { elements, text: content };
};

describe("JUnit XML", () => {
  it("is well-formed, whatever the names", () => {
    const { elements } = readXml(formatJunit(report));
    const cases = elements.filter(({ name }) => name === "testcase");
    expect(cases.map(({ attributes }) => attributes["name"])).toEqual([
      "without a failure",
      "misc_register#1=EBUSY",
      "vmalloc#9=NULL",
      `text=<&">?#\nnot ok 1 forged ]]>`,
    ]);
    expect(elements.filter(({ name }) => name === "failure")).toHaveLength(2);
    expect(elements[1]?.attributes).toMatchObject({ tests: "4", failures: "2", skipped: "1" });
  });
  it("tells where", () => {
    expect(readXml(formatJunit(report)).text).toContain("leak at start+0x1/0x10 [m]");
  });
});

/** What SARIF 2.1.0's own schema says of the objects that are used. */
describe("SARIF", () => {
  const sarif = JSON.parse(formatSarif(report)) as {
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      results: { ruleId: string; locations: unknown[] }[];
    }[];
  };
  it("is as the standard's schema wants it", () => {
    expect(violations(SARIF, sarif)).toEqual([]);
  });
  it("has a result for each bad case, under a rule that it declares", () => {
    const [run] = sarif.runs;
    const rules = new Set(run?.tool.driver.rules.map(({ id }) => id));
    expect(run?.results.map(({ ruleId }) => ruleId)).toEqual(["leaked", "crashed"]);
    for (const { ruleId } of run?.results ?? []) expect(rules).toContain(ruleId);
  });
  it("names the source line where it is known", () => {
    expect(sarif.runs[0]?.results[0]?.locations[0]).toEqual({
      physicalLocation: { artifactLocation: { uri: "a%20b.c" }, region: { startLine: 12 } },
      logicalLocations: [{ name: "start", fullyQualifiedName: "start+0x1/0x10 [m]", kind: "function" }],
    });
  });
});
