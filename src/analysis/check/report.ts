import { displayText } from "../../base/bytes.ts";
import type { Finding, ProbeResult } from "../../kernel/events.ts";
import type { Outcome } from "../armed.ts";
import type { CheckResult } from "./check.ts";
import type { Scope, Injector } from "./injector.ts";
import type { Judgement, Severity, Verdict } from "./judge.ts";
import type { Life } from "./life.ts";
import { type SourceLines, withSource } from "../source-lines.ts";
import type { ParameterCase } from "./parameters.ts";
import { formatSpec } from "./spec.ts";

/** How a system call ended. */
export interface EndReport {
  readonly outcome: "returned" | "killed" | "stopped";
  /** For "returned": 0 or -errno. */
  readonly value?: number;
  /** For "killed". */
  readonly signal?: number;
  /** For "stopped": panic, hang, deadlock ... */
  readonly stop?: string;
}

/** One run of the module: see docs/check.md. */
export interface CaseReport {
  /** "without a failure", the failures, or the parameters. */
  readonly name: string;
  readonly what: "clean" | "failure" | "parameter" | "again";
  /** `symbol#nth=failure`, each. */
  readonly fail: readonly string[];
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly message: string;
  /** Result of the module's init itself; null when it never returned. */
  readonly returned: number | null;
  readonly init: EndReport;
  readonly exit: EndReport | null;
  /** Where each failing call was made from. */
  readonly stacks: readonly (readonly string[])[];
  readonly findings: readonly Finding[];
  /** Probes that came back, in their order. */
  readonly probes: readonly ProbeResult[];
  /** The command that does it again. */
  readonly command: string;
}

export interface CheckReport {
  readonly report_version: 1;
  readonly kernel: string;
  readonly module: { readonly name: string; readonly file: string; readonly parameters: string };
  readonly scope: Scope;
  readonly calls: readonly {
    readonly symbol: string;
    readonly nth: number;
    readonly failures: readonly string[];
    readonly stack: readonly string[];
  }[];
  readonly cases: readonly CaseReport[];
  readonly summary: {
    readonly runs: number;
    /** Runs that --limit left out. */
    readonly skipped: number;
    readonly errors: number;
    readonly warnings: number;
    readonly verdicts: Readonly<Record<string, number>>;
  };
}

export interface CheckContext {
  readonly kernel: string;
  readonly file: string;
  readonly path: string;
  readonly parameters: string;
  /** Options that say what is around the module, as words. */
  readonly around: readonly string[];
  readonly scope: Scope;
  readonly injector: Injector;
  readonly lines: SourceLines;
}

const endReport = (outcome: Outcome): EndReport => {
  switch (outcome.kind) {
    case "returned":
      return { outcome: "returned", value: outcome.value };
    case "killed":
      return { outcome: "killed", signal: outcome.signal };
    case "stopped":
      return { outcome: "stopped", stop: outcome.stop.kind };
  }
};

interface Run {
  readonly life: Life;
  readonly judgement: Judgement;
}
type Rest = Pick<CaseReport, "name" | "what" | "fail" | "stacks" | "command">;

const caseReport = (lines: SourceLines, { life, judgement }: Run, rest: Rest): CaseReport => ({
  name: rest.name,
  what: rest.what,
  fail: rest.fail,
  verdict: judgement.verdict,
  severity: judgement.severity,
  message: displayText(judgement.message),
  returned: life.returned ?? null,
  init: endReport(life.init),
  exit: life.exit === undefined ? null : endReport(life.exit),
  stacks: rest.stacks,
  findings: life.findings.map((finding) => withSource(lines, finding)),
  probes: life.probes.map(({ device, driver, returned }) => ({
    device: displayText(device),
    driver: displayText(driver),
    returned,
  })),
  command: rest.command,
});

const quoted = (word: string): string => (/^[\w./=,+:@-]+$/.test(word) ? word : `'${word}'`);

const summaryOf = (cases: readonly CaseReport[], skipped: number): CheckReport["summary"] => {
  const verdicts: Record<string, number> = {};
  for (const { verdict } of cases) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const count = (severity: Severity): number => cases.filter((each) => each.severity === severity).length;
  return { runs: cases.length, skipped, errors: count("error"), warnings: count("warning"), verdicts };
};

/** Every run as a case: the one without a failure, those with one, those with other parameters. */
const casesOf = (
  { clean, cases }: Pick<CheckResult, "clean" | "cases">,
  parameters: readonly ParameterCase[],
  context: CheckContext,
): readonly CaseReport[] => {
  const given = context.parameters === "" ? [] : context.parameters.split(" ").map(quoted);
  // Options last: those that take several words would take parameters, too.
  const command = (parameter: readonly string[], fail: readonly string[]): string =>
    [
      "kobox run",
      quoted(context.path),
      ...given,
      ...parameter.map(quoted),
      ...context.around.map(quoted),
      ...fail.map((spec) => `--fail '${spec}'`),
    ].join(" ");
  const none = { fail: [], stacks: [] };
  return [
    caseReport(context.lines, clean, {
      name: "without a failure",
      what: "clean",
      ...none,
      command: command([], []),
    }),
    ...cases.map((each) => {
      const fail = each.specs.map(formatSpec);
      const rest = {
        name: fail.join(" "),
        what: "failure",
        fail,
        stacks: each.stacks,
        command: command([], fail),
      } as const;
      return caseReport(context.lines, each, rest);
    }),
    ...parameters.map((each) =>
      caseReport(context.lines, each, {
        name: each.what === "again" ? "inserted again" : displayText(each.parameters),
        what: each.what,
        ...none,
        command: command(each.what === "again" ? [] : [displayText(each.parameters)], []),
      }),
    ),
  ];
};

/** The result as plain data, from which every format is made. */
export const checkReport = (
  { name, clean, calls, cases, skipped }: CheckResult,
  parameters: readonly ParameterCase[],
  context: CheckContext,
): CheckReport => {
  const all = casesOf({ clean, cases }, parameters, context);
  return {
    report_version: 1,
    kernel: context.kernel,
    module: { name: displayText(name), file: context.file, parameters: context.parameters },
    scope: context.scope,
    calls: calls.map(({ symbol, nth, failures, stack }) => ({
      symbol,
      nth,
      failures,
      stack: context.injector.stacks.text(stack),
    })),
    cases: all,
    summary: summaryOf(all, skipped),
  };
};

/** What a person has to look at. */
export const isBad = ({ severity }: { readonly severity: Severity }): boolean =>
  severity === "error" || severity === "warning";
