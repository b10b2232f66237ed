import { asConsole, blurLog, blurOutput, consoleTail } from "./blur.ts";
import { diffLines, type LineDiff } from "./diff.ts";
import type { RecordedStep, Recording, StepResult } from "./recording.ts";

/** A value that differs. */
export interface FieldDifference {
  readonly field: string;
  readonly recorded: string;
  readonly kobox: string;
}

export interface StepComparison {
  readonly index: number;
  readonly op: string;
  readonly arg: string;
  readonly fields: readonly FieldDifference[];
  /** Kernel log, and the output of a shell step. */
  readonly log: LineDiff;
  readonly out: LineDiff;
}

export interface JobComparison {
  readonly job: string;
  readonly steps: readonly StepComparison[];
}

const NOTHING: LineDiff = { matched: 0, missing: [], extra: [] };
const show = (value: unknown): string => (value === undefined ? "-" : JSON.stringify(value));

const FIELDS = ["ret", "errno", "signal", "status", "requests", "tainted", "left"] as const;

const compareFields = (recorded: StepResult, ours: StepResult): FieldDifference[] =>
  FIELDS.filter((field) => show(recorded[field]) !== show(ours[field])).map((field) => ({
    field,
    recorded: show(recorded[field]),
    kobox: show(ours[field]),
  }));

const neverReturned = (step: RecordedStep): string | undefined => {
  if (step.timeout === true) return "did not return";
  return step.unfinished === true ? "the machine stopped" : undefined;
};

/** Where the real machine did not come back, kobox must have stopped too, and nowhere else. */
const compareEnding = (recorded: RecordedStep, ours: StepResult): FieldDifference[] => {
  const ending = neverReturned(recorded);
  if ((ending === undefined) === (ours.stop === undefined)) return [];
  return [{ field: "stop", recorded: ending ?? "-", kobox: ours.stop?.kind ?? "-" }];
};

const compareLog = (recorded: RecordedStep, ours: StepResult, last: readonly string[]): LineDiff => {
  if (recorded.unfinished === true) {
    return diffLines(blurLog(consoleTail(last)), blurLog(asConsole([...ours.dmesg, ...ours.late])));
  }
  const tag = (lines: readonly string[], late: string): string[] => blurLog(lines).map((line) => late + line);
  return diffLines(
    [...tag(recorded.dmesg, ""), ...tag(recorded.late, "late ")],
    [...tag(ours.dmesg, ""), ...tag(ours.late, "late ")],
  );
};

/** Lines that name a file which is not here say only that. */
const withoutMissing = (lines: readonly string[], missing: readonly string[]): readonly string[] =>
  lines.map((line) => missing.find((name) => line.includes(name)) ?? line);

const compareOutput = (recorded: StepResult, ours: StepResult, missing: readonly string[]): LineDiff =>
  recorded.out === undefined
    ? NOTHING
    : diffLines(
        withoutMissing(blurOutput(recorded.out), missing),
        withoutMissing(blurOutput(ours.out ?? ""), missing),
      );

/**
 * Compares what kobox did, step by step, with the recording of the same job. `missing` names
 * modules that the job uses but this machine does not have.
 */
export const compareJob = (
  recording: Recording,
  ours: readonly StepResult[],
  missing: readonly string[] = [],
): JobComparison => ({
  job: recording.job,
  steps: recording.steps.map((recorded, index) => {
    const own = ours[index];
    const head = { index, op: recorded.op, arg: recorded.arg ?? "" };
    if (own === undefined) {
      const fields = [{ field: "step", recorded: "done", kobox: "not reached" }];
      return { ...head, fields, log: diffLines(blurLog(recorded.dmesg), []), out: NOTHING };
    }
    const ending = compareEnding(recorded, own);
    const stopped = neverReturned(recorded) !== undefined;
    return {
      ...head,
      fields: stopped ? ending : [...ending, ...compareFields(recorded, own)],
      log: compareLog(recorded, own, recording.console ?? []),
      out: stopped ? NOTHING : compareOutput(recorded, own, missing),
    };
  }),
});
