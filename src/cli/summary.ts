import { counted } from "../base/words.ts";
import { displayText } from "../base/bytes.ts";
import { limitHint } from "./limit-options.ts";
import type { Report, ReportStep } from "./report.ts";
import { errorText, firstOf, guessedCalls } from "./report-text.ts";
import { colours, writeError } from "./terminal.ts";

const outcome = (step: ReportStep): string => {
  const { ret, errno = 0, signal } = step;
  if (signal !== undefined) return `killed by signal ${signal}`;
  if (ret === undefined) return "never returned";
  return errno === 0 ? "ok" : errorText(step);
};

/** Why the run ended early, and where each task then stood. */
const stopLines = (stop: NonNullable<Report["stop"]>): readonly string[] => [
  `stopped: ${stop.kind}: ${displayText(stop.message)}`,
  ...(stop.limit === undefined ? [] : [`  ${limitHint(stop.limit)}`]),
  ...(stop.tasks ?? []).flatMap(({ pid, comm, state, stack }) => [
    `  ${displayText(comm)} (${pid}), ${state}:`,
    ...stack.map((entry) => `    ${displayText(entry)}`),
  ]),
];

const SHOWN_FINDINGS = 20;
const SHOWN_GUESSES = 8;

/** What the log does not tell: results, work, findings. On standard error, so that a pipe gets the log alone. */
export const summarise = (report: Report): void => {
  const { steps, modules, findings, stop } = report;
  const say = (text: string): void => writeError(`${text}\n`);
  for (const step of steps.filter(({ op }) => op !== "sleep"))
    say(`${step.op} ${step.arg}: ${outcome(step)}`);
  for (const { name, init, exit } of modules) {
    if (init !== null) {
      say(
        `${name}: init returned ${init.returned ?? "nothing"} after ${counted(init.instructions, "instruction")}, ${counted(init.calls, "call")}`,
      );
    }
    if (exit !== null && !exit.finished) say(`${name}: exit did not return`);
  }
  const shown = findings.filter(({ severity }) => severity !== "note");
  for (const { kind, message, where, source } of shown.slice(0, SHOWN_FINDINGS)) {
    const place = where === undefined || message.includes(where) ? "" : ` at ${where}`;
    const line = source === undefined ? "" : ` (${source.file}:${source.line})`;
    say(`${colours.red("finding")} ${kind}: ${displayText(message + place)}${line}`);
  }
  if (shown.length > SHOWN_FINDINGS) say(`and ${shown.length - SHOWN_FINDINGS} more findings`);
  const guesses = guessedCalls(report).map((name) => `${name}()`);
  if (guesses.length > 0) say(`guessed: ${firstOf(guesses, SHOWN_GUESSES)}`);
  if (stop !== null) for (const line of stopLines(stop)) say(line);
};
