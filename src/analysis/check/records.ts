import { type CodeCoverage, createCodeCoverage } from "../code/coverage.ts";
import type { CodeSection } from "../fuzz/module-image.ts";
import type { CheckResult } from "./check.ts";
import type { LifeRecord } from "./recorder.ts";
import type { ParameterCase } from "./parameters.ts";

/** A run's record, and that of the run without a failure that it is to be compared with. */
export interface ComparedRecord {
  readonly own: LifeRecord | undefined;
  readonly base: LifeRecord | undefined;
}

/** In the order of the report's cases. */
export const recordsOf = (
  { clean, cases }: CheckResult,
  parameters: readonly ParameterCase[],
): readonly ComparedRecord[] => {
  const base = clean.life.record;
  return [
    { own: base, base },
    ...cases.map(({ life }) => ({ own: life.record, base })),
    ...parameters.map(({ life, first }) => ({ own: life.record, base: first.record })),
  ];
};

/** Coverage of all runs, whose numbers are their places in the report. */
export const coverageOf = (
  code: readonly CodeSection[],
  records: readonly ComparedRecord[],
): CodeCoverage => {
  const coverage = createCodeCoverage(code);
  for (const [run, { own }] of records.entries()) coverage.add(run, own?.blocks ?? []);
  return coverage;
};
