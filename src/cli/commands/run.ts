import { KoboxError } from "../../base/errors.ts";
import { parseSpec } from "../../analysis/check/spec.ts";
import { withoutUninitialised } from "../../analysis/sanitizers/sanitizers.ts";
import { EXIT } from "../exit.ts";
import { type LimitOptions, limitsOf } from "../limit-options.ts";
import { readModuleFile } from "../module-file.ts";
import { numberOption } from "../number-option.ts";
import type { Report } from "../report.ts";
import { type RunJob, runJob } from "../run/drive.ts";
import { showRecord } from "../show-record.ts";
import { type Surroundings, resolveSurroundings } from "../surroundings.ts";
import { summarise } from "../summary.ts";
import { writeError, writeOut } from "../terminal.ts";

export interface RunOptions extends Surroundings, LimitOptions {
  readonly kernel?: string;
  readonly json?: boolean;
  readonly seed: string;
  readonly sanitize: string;
  readonly schedule?: string;
  readonly settle: string;
  readonly unknown: string;
  readonly memory: string;
  readonly rmmod: boolean;
  readonly with?: readonly string[];
  readonly fail?: readonly string[];
  readonly isolate?: boolean;
  readonly realTime: string;
}

const MIB = 1024 * 1024;

const readJob = async (path: string, parameters: readonly string[], options: RunOptions): Promise<RunJob> => {
  if (options.unknown !== "guess" && options.unknown !== "stop") {
    throw new KoboxError("usage", `--unknown: ${options.unknown} is neither "guess" nor "stop"`);
  }
  return {
    kernel: options.kernel,
    seed: numberOption("seed", options.seed, 0, Number.MAX_SAFE_INTEGER),
    ram: numberOption("memory", options.memory, 32, 3072) * MIB,
    unknown: options.unknown,
    schedule: options.schedule,
    limits: limitsOf(options),
    sanitizers: withoutUninitialised(options.sanitize, "run"),
    surroundings: resolveSurroundings(options),
    first: await Promise.all((options.with ?? []).map((each) => readModuleFile(each))),
    module: await readModuleFile(path),
    parameters: parameters.join(" "),
    settle: numberOption("settle", options.settle, 0, 1e9),
    rmmod: options.rmmod,
    fail: (options.fail ?? []).map(parseSpec),
  };
};

const isolated = async (job: RunJob, options: RunOptions): Promise<Report> => {
  const seconds = numberOption("real-time", options.realTime, 1, 1e6);
  const { runIsolated } = await import("../isolate/run.ts");
  return runIsolated(job, seconds, options.json === true ? () => {} : showRecord);
};

export const runCommand = async (
  path: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<number> => {
  const job = await readJob(path, parameters, options);
  const report =
    options.isolate === true
      ? await isolated(job, options)
      : runJob(job, { onRecord: options.json === true ? undefined : showRecord });
  if (options.json === true) writeOut(`${JSON.stringify(report, null, 2)}\n`);
  else {
    summarise(report);
    if (report.schedule !== "in-turn" && failed(report)) sayAgain(report.schedule);
  }
  return failed(report) ? EXIT.FOUND : EXIT.CLEAN;
};

const failed = ({ steps, findings, stop }: Report): boolean =>
  stop !== null ||
  steps.some(({ ret = 0, signal = 0 }) => ret !== 0 || signal !== 0) ||
  findings.some(({ severity }) => severity !== "note");

const sayAgain = (schedule: string): void =>
  writeError(`schedule: ${schedule} (the same again: --schedule=${schedule})\n`);
