import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KoboxError } from "../../base/errors.ts";
import { compareJob, type JobComparison } from "./compare.ts";
import { parseJobs } from "./jobs.ts";
import { moduleFiles } from "./modules.ts";
import { readRecordings, type Recording } from "./recording.ts";
import { type Boot, type JobRun, runJob } from "./scenario.ts";
import { formatDifferences, formatTotals, totals } from "./table.ts";

export interface TruthOptions {
  readonly jobsPath: string;
  /** Default: the job file with .jsonl, or truth.json beside it. */
  readonly recordingPath?: string | undefined;
  /** Where modules lie; default: the job file's folder, and `mods` in it or beside it. */
  readonly folders?: readonly string[];
  /** Only jobs whose name matches. */
  readonly only?: RegExp | undefined;
  readonly release?: string;
}

export interface TruthResult {
  readonly comparisons: readonly JobComparison[];
  readonly runs: readonly JobRun[];
  readonly skipped: readonly JobRun[];
}

const recordingBeside = (jobsPath: string): string => {
  const candidates = [jobsPath.replace(/\.jobs$/, ".jsonl"), join(dirname(jobsPath), "truth.json")];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new KoboxError("no-recording", `${jobsPath}: no recording beside it`, {
      hint: "name one as the second argument",
    });
  }
  return found;
};

/** Replays a job file in kobox and compares it with its recording. */
export const runTruth = (options: TruthOptions, boot: Boot): TruthResult => {
  const { jobsPath, only } = options;
  const jobs = parseJobs(readFileSync(jobsPath, "utf8"), jobsPath);
  const recordings = readRecordings(options.recordingPath ?? recordingBeside(jobsPath));
  const folder = dirname(jobsPath);
  const folders = options.folders ?? [folder, join(folder, "mods"), join(folder, "../mods")];
  const modules = moduleFiles(folders, options.release ?? "6.1.0-56-amd64");
  const runs: JobRun[] = [];
  const comparisons: JobComparison[] = [];
  for (const job of jobs) {
    const recording: Recording | undefined = recordings.get(job.name);
    if (recording === undefined || only?.test(job.name) === false) continue;
    const run = runJob(job, boot, modules);
    runs.push(run);
    if (run.skipped === undefined) comparisons.push(compareJob(recording, run.results, run.missing));
  }
  return { comparisons, runs, skipped: runs.filter((run) => run.skipped !== undefined) };
};

/** The report for a terminal: differences, what was skipped, totals. */
export const formatTruth = (result: TruthResult): string =>
  [
    formatDifferences(result.comparisons),
    ...result.skipped.map(({ job, skipped }) => `skipped: ${job.name}: ${skipped}\n`),
    formatTotals(totals(result.comparisons)),
  ].join("\n");
