import { availableParallelism } from "node:os";
import { KoboxError } from "../../base/errors.ts";
import { createProgress } from "../check/progress.ts";
import { EXIT } from "../exit.ts";
import { runIsolated } from "../isolate/run.ts";
import { readModuleFile } from "../module-file.ts";
import { numberOption } from "../number-option.ts";
import type { RunJob } from "../run/drive.ts";
import { RUN_DEFAULTS } from "../run-defaults.ts";
import type { Verdict } from "../survey/outcome.ts";
import { type Surveyed, patternOption, planSurvey } from "../survey/plan.ts";
import { type SurveyModule, notRun, surveyModule, surveyReport } from "../survey/report.ts";
import { surveyRow, surveySummary } from "../survey/table.ts";
import { type Surroundings, resolveSurroundings } from "../surroundings.ts";
import { writeOut } from "../terminal.ts";

export interface SurveyOptions extends Surroundings {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly modules?: readonly string[];
  readonly only: string;
  readonly jobs?: string;
  readonly memory: string;
  readonly realTime: string;
}

/** What is the same for all modules. */
type CommonJob = Omit<RunJob, "first" | "module">;

const MIB = 1024 * 1024;
const BAD: ReadonlySet<Verdict> = new Set(["found", "killed", "stopped"]);

/** Runs at most `lanes` at once; what `act` makes is given to `tell` in the order of `items`. */
const inOrder = async <T, R>(
  items: AsyncIterator<T>,
  lanes: number,
  act: (item: T) => Promise<R>,
  tell: (result: R) => void,
): Promise<void> => {
  let told = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (let next = await items.next(); next.done !== true; next = await items.next()) {
      const result = act(next.value);
      const before = told;
      told = result.then(async (value) => {
        await before;
        tell(value);
      });
      await result;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await told;
};

/** Runs one, and whatever comes of it is a row. */
const surveyOne = async (surveyed: Surveyed, job: CommonJob, seconds: number): Promise<SurveyModule> => {
  try {
    const module = await readModuleFile(surveyed.path);
    const first = await Promise.all(surveyed.dependencies.map((path) => readModuleFile(path)));
    return surveyModule(surveyed, await runIsolated({ ...job, first, module }, seconds, () => {}));
  } catch (error) {
    const { message } = error as Error;
    return notRun(
      surveyed,
      error instanceof KoboxError ? "unreadable" : "bug",
      message.split("\n", 1)[0] ?? "",
    );
  }
};

/** Inserts and removes each module of folders, each in a process of its own, and tells how it went. */
export const surveyCommand = async (paths: readonly string[], options: SurveyOptions): Promise<number> => {
  const seconds = numberOption("real-time", options.realTime, 1, 1e6);
  const ram = numberOption("memory", options.memory, 32, 3072) * MIB;
  const lanes =
    options.jobs === undefined ? availableParallelism() : numberOption("jobs", options.jobs, 1, 256);
  const plan = planSurvey(paths, options.modules ?? [], patternOption(options.only));
  if (plan.count === 0) {
    throw new KoboxError("usage", `${paths.join(", ")}: no module to survey`, {
      hint: "Name module files (.ko), or folders with module files.",
    });
  }
  const job: CommonJob = {
    kernel: options.kernel,
    seed: Number(RUN_DEFAULTS.seed),
    ram,
    unknown: "guess",
    schedule: RUN_DEFAULTS.schedule,
    limits: {},
    sanitizers: new Set(),
    surroundings: resolveSurroundings(options),
    parameters: "",
    settle: Number(RUN_DEFAULTS.settle),
    rmmod: true,
    fail: [],
  };
  const modules: SurveyModule[] = [];
  const progress = createProgress();
  await inOrder(
    plan.modules(),
    lanes,
    (each) => surveyOne(each, job, seconds),
    (module) => {
      modules.push(module);
      progress.end();
      if (options.json !== true) writeOut(`${surveyRow(module)}\n`);
      progress.update(modules.length, plan.count);
    },
  );
  progress.end();
  const report = surveyReport(modules);
  writeOut(`${options.json === true ? JSON.stringify(report, null, 2) : surveySummary(report)}\n`);
  if (modules.some(({ verdict }) => verdict === "bug")) return EXIT.BUG;
  return modules.some(({ verdict }) => BAD.has(verdict)) ? EXIT.FOUND : EXIT.CLEAN;
};
