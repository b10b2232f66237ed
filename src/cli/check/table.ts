import pc from "picocolors";
import type { Case, CheckResult } from "../../analysis/check/check.ts";
import type { Judgement, Verdict } from "../../analysis/check/judge.ts";
import type { Life } from "../../analysis/check/life.ts";
import { formatSpec } from "../../analysis/check/spec.ts";
import { displayText } from "../../base/bytes.ts";
import { errnoName } from "../../base/errno.ts";

const COLOURS = { ok: pc.green, note: pc.dim, warning: pc.yellow, error: pc.red } as const;

const verdictText = ({ verdict, severity }: Judgement): string =>
  COLOURS[severity]((severity === "ok" ? "ok" : verdict).padEnd(15));

/** What init returned, as people write it: 0, -ENOMEM, or how it ended. */
export const initText = ({ init, returned }: Life): string => {
  if (init.kind === "killed") return "oops";
  if (init.kind === "stopped") return init.stop.kind;
  if (returned === undefined) return init.value === 0 ? "0" : `${init.value}`;
  return returned < 0 ? `-${errnoName(-returned) ?? -returned}` : `${returned}`;
};

const specText = ({ specs }: Case): string => specs.map(formatSpec).join(" ");

/** The command that does it again. */
export const commandOf = (command: string, { specs }: Case): string =>
  [command, ...specs.map((spec) => `--fail '${formatSpec(spec)}'`)].join(" ");

const row = (each: Case, width: number): string => {
  const where = each.stacks.map((stack) => stack[0] ?? "").join(", ");
  return `  ${specText(each).padEnd(width)}  ${initText(each.life).padEnd(10)}  ${verdictText(each.judgement)} ${pc.dim(where)}`.trimEnd();
};

const describe = (
  title: string,
  judgement: Judgement,
  failed: readonly string[],
  again: string,
): string[] => {
  const { finding, message, verdict, severity } = judgement;
  const lines = [`${COLOURS[severity](verdict)} ${pc.bold(title)}: ${displayText(message)}`, ...failed];
  if (finding?.where !== undefined) lines.push(`    at ${finding.where}`);
  for (const { message: what, stack } of finding?.related ?? [])
    lines.push(`    ${what}: ${stack.slice(0, 3).join(" < ")}`);
  return [...lines, `    again: ${again}`];
};
const details = (each: Case, command: string): string[] => {
  const failed = each.stacks.flatMap(([at], index) =>
    at === undefined ? [] : [`    ${each.specs[index]?.symbol ?? ""} failed at ${at}`],
  );
  return describe(specText(each), each.judgement, failed, commandOf(command, each));
};

const ORDER: readonly Verdict[] = [
  "returned",
  "changed",
  "tolerated",
  "not-reached",
  "bad-return",
  "leaked",
  "left-registered",
  "misused",
  "crashed",
  "hung",
];

const totals = (cases: readonly Case[]): string =>
  ORDER.flatMap((verdict) => {
    const count = cases.filter(({ judgement }) => judgement.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  }).join(", ");

/** Bad ones only: what a person has to look at. */
export const isBad = ({ severity }: Judgement): boolean => severity === "error" || severity === "warning";

/** The result as text. `command`: how kobox was called, for the commands that repeat a case. */
export const formatCheck = ({ name, clean, calls, cases }: CheckResult, command: string): string => {
  const ways = calls.reduce((sum, { failures }) => sum + failures.length, 0);
  const width = Math.max(0, ...cases.map((each) => specText(each).length));
  const bad = cases.filter(({ judgement }) => isBad(judgement));
  return [
    `${pc.bold(name)}: ${calls.length} calls can fail, in ${ways} ways`,
    `  ${"without a failure".padEnd(width)}  ${initText(clean.life).padEnd(10)}  ${verdictText(clean.judgement)}`.trimEnd(),
    ...cases.map((each) => row(each, width)),
    ...(isBad(clean.judgement) ? ["", ...describe("without a failure", clean.judgement, [], command)] : []),
    ...bad.flatMap((each) => ["", ...details(each, command)]),
    ...(cases.length === 0 ? [] : ["", `${cases.length} runs: ${totals(cases)}`]),
  ].join("\n");
};
