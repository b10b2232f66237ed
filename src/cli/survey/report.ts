import type { Finding } from "../../kernel/events.ts";
import type { Report, ReportStep } from "../report.ts";
import { guessedCalls } from "../report-text.ts";
import { type Verdict, outcomeOf } from "./outcome.ts";
import type { Surveyed } from "./plan.ts";

export interface SurveyModule {
  readonly name: string;
  readonly file: string;
  /** Files inserted first. */
  readonly dependencies: readonly string[];
  readonly verdict: Verdict;
  readonly message: string;
  /** Functions without a stub that it called. */
  readonly guessed: readonly string[];
  readonly steps: readonly ReportStep[];
  readonly findings: readonly Finding[];
  readonly stop: Report["stop"];
}

/** The JSON document of `kobox survey --json`; see docs/survey.md. */
export interface SurveyReport {
  readonly report_version: 1;
  readonly modules: readonly SurveyModule[];
  readonly summary: {
    readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
    /** Functions without a stub that were called, with the number of modules whose run did, most first. */
    readonly guessed: readonly { readonly symbol: string; readonly modules: number }[];
  };
}

export const surveyModule = ({ name, path, dependencies }: Surveyed, report: Report): SurveyModule => ({
  name,
  file: path,
  dependencies,
  ...outcomeOf(report, dependencies.length),
  guessed: guessedCalls(report),
  steps: report.steps,
  findings: report.findings,
  stop: report.stop,
});

/** A module that was not run. */
export const notRun = (
  { name, path, dependencies }: Surveyed,
  verdict: "unreadable" | "bug",
  message: string,
): SurveyModule => ({
  name,
  file: path,
  dependencies,
  verdict,
  message,
  guessed: [],
  steps: [],
  findings: [],
  stop: null,
});

const count = <T extends string>(values: readonly T[]): readonly (readonly [T, number])[] => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([one, often], [other, seldom]) => seldom - often || (one < other ? -1 : 1));
};

export const surveyReport = (modules: readonly SurveyModule[]): SurveyReport => ({
  report_version: 1,
  modules,
  summary: {
    verdicts: Object.fromEntries(count(modules.map(({ verdict }) => verdict))),
    guessed: count(modules.flatMap(({ guessed }) => guessed)).map(([symbol, often]) => ({
      symbol,
      modules: often,
    })),
  },
});
