import { type CodeCoverage, createCodeCoverage } from "../code/coverage.ts";
import type { CodeSection } from "../fuzz/module-image.ts";
import type { CheckResult } from "./check.ts";
import type { LifeRecord } from "./recorder.ts";
import type { CheckReport } from "./report.ts";

/** Coverage of all runs, whose numbers are their places in the report. */
export const coverageOf = (
  code: readonly CodeSection[],
  records: readonly (LifeRecord | undefined)[],
): CodeCoverage => {
  const coverage = createCodeCoverage(code);
  for (const [run, record] of records.entries()) coverage.add(run, record?.blocks ?? []);
  return coverage;
};

export const recordsOf = (
  { clean, cases }: CheckResult,
  report: CheckReport,
): readonly (LifeRecord | undefined)[] =>
  report.cases.map((_, index) => (index === 0 ? clean : cases[index - 1])?.life.record);
