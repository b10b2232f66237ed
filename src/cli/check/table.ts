import { type CaseReport, type CheckReport, isBad } from "../../analysis/check/report.ts";
import { initText } from "../../analysis/check/result-text.ts";
import { displayText } from "../../base/bytes.ts";
import { colours } from "../terminal.ts";

const COLOURS = {
  ok: colours.green,
  note: colours.dim,
  warning: colours.yellow,
  error: colours.red,
} as const;
/** Parameters may be long. */
const NAME_WIDTH = 44;

const shortName = ({ name }: CaseReport): string =>
  name.length <= NAME_WIDTH ? name : `${name.slice(0, NAME_WIDTH - 3)}...`;

const row = (each: CaseReport, width: number, initWidth: number): string => {
  const verdict = COLOURS[each.severity]((each.severity === "ok" ? "ok" : each.verdict).padEnd(15));
  const where = each.stacks.map(([at = ""]) => at).join(", ");
  return `  ${shortName(each).padEnd(width)}  ${initText(each).padEnd(initWidth)}  ${verdict} ${colours.dim(where)}`.trimEnd();
};

/** The finding that a case is about: the one its sentence begins with. */
const findingOf = ({ findings, message }: CaseReport): CaseReport["findings"][number] | undefined =>
  findings.find((finding) => message.includes(displayText(finding.message)));

const details = (each: CaseReport): string[] => {
  const { severity, verdict, message, fail, stacks, command } = each;
  const finding = findingOf(each);
  const lines = ["", `${COLOURS[severity](verdict)} ${colours.bold(shortName(each))}: ${message}`];
  stacks.forEach(([at], index) => {
    if (at !== undefined) lines.push(`    ${(fail[index] ?? "").replace(/#.*/, "")}() failed at ${at}`);
  });
  const source = finding?.source === undefined ? "" : ` ${finding.source.file}:${finding.source.line}`;
  if (finding?.where !== undefined) lines.push(`    at ${finding.where}${source}`);
  for (const { message: what, stack } of finding?.related ?? [])
    lines.push(`    ${what}: ${stack.slice(0, 3).join(" < ")}`);
  return [...lines, `    again: ${command.length > 400 ? `${command.slice(0, 400)}...` : command}`];
};

/** The report as text. */
export const formatTable = ({ module, calls, cases, summary }: CheckReport): string => {
  const ways = calls.reduce((sum, { failures }) => sum + failures.length, 0);
  const width = Math.max(0, ...cases.map((each) => shortName(each).length));
  const initWidth = Math.max(10, ...cases.map((each) => initText(each).length));
  const verdicts = Object.entries(summary.verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  return [
    `${colours.bold(module.name)}: ${calls.length} calls can fail, in ${ways} ways`,
    ...cases.map((each) => row(each, width, initWidth)),
    ...cases.filter(isBad).flatMap(details),
    "",
    `${summary.runs} runs: ${verdicts.join(", ")}`,
    ...(summary.skipped === 0
      ? []
      : [`${summary.skipped} more were left out: --limit sets how many are made`]),
  ].join("\n");
};
