import { displayText } from "../../base/bytes.ts";
import type { JobComparison, StepComparison } from "./compare.ts";

/** Sums over all compared jobs. */
export interface Totals {
  readonly jobs: number;
  readonly jobsAgree: number;
  readonly steps: number;
  readonly stepsAgree: number;
  /** Kernel log lines that are equal, of all lines either side printed. */
  readonly lines: number;
  readonly linesAgree: number;
  readonly outLines: number;
  readonly outLinesAgree: number;
}

const agrees = (step: StepComparison): boolean =>
  step.fields.length === 0 &&
  [step.log, step.out].every(({ missing, extra }) => missing.length === 0 && extra.length === 0);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const totals = (jobs: readonly JobComparison[]): Totals => {
  const steps = jobs.flatMap((job) => job.steps);
  const size = ({ matched, missing, extra }: StepComparison["log"]): number =>
    matched + missing.length + extra.length;
  return {
    jobs: jobs.length,
    jobsAgree: jobs.filter((job) => job.steps.every(agrees)).length,
    steps: steps.length,
    stepsAgree: steps.filter((step) => step.fields.length === 0).length,
    lines: sum(steps.map((step) => size(step.log))),
    linesAgree: sum(steps.map((step) => step.log.matched)),
    outLines: sum(steps.map((step) => size(step.out))),
    outLinesAgree: sum(steps.map((step) => step.out.matched)),
  };
};

const shorten = (text: string, width: number): string => {
  const line = displayText(text).replaceAll("\n", "\\n");
  return line.length > width ? `${line.slice(0, width - 3)}...` : line;
};

const stepRows = (step: StepComparison, width: number): string[] => [
  `  step ${step.index}: ${shorten(`${step.op} ${step.arg}`, width - 12)}`,
  ...step.fields.map(({ field, recorded, kobox }) => `    ${field}: recorded ${recorded}, kobox ${kobox}`),
  ...step.log.missing.map((line) => `    log -| ${shorten(line, width)}`),
  ...step.log.extra.map((line) => `    log +| ${shorten(line, width)}`),
  ...step.out.missing.map((line) => `    out -| ${shorten(line, width)}`),
  ...step.out.extra.map((line) => `    out +| ${shorten(line, width)}`),
];

const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

/** The differences, job by job ("-" only recorded, "+" only kobox), for a terminal. */
export const formatDifferences = (jobs: readonly JobComparison[], width = 160): string =>
  jobs
    .flatMap((job) => {
      const steps = job.steps.filter((step) => !agrees(step));
      return steps.length === 0 ? [] : [job.job, ...steps.flatMap((step) => stepRows(step, width))];
    })
    .map((line) => `${line}\n`)
    .join("");

export const formatTotals = (all: Totals): string =>
  [
    ["jobs without a difference", all.jobsAgree, all.jobs],
    ["steps with the same result", all.stepsAgree, all.steps],
    ["log lines", all.linesAgree, all.lines],
    ["lines of shell output", all.outLinesAgree, all.outLines],
  ]
    .map(([what, part, whole]) => {
      const counts = `${part}/${whole}`;
      return `${String(what).padEnd(28)}${counts.padStart(12)}${percent(Number(part), Number(whole)).padStart(10)}\n`;
    })
    .join("");
