import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { LineDiff } from "../../src/cli/truth/diff.ts";
import { parseJobs } from "../../src/cli/truth/jobs.ts";
import { type TruthResult, runTruth } from "../../src/cli/truth/run.ts";
import { createScenarioSystem } from "../../src/cli/truth/system.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Why a step is known to differ, by "job/step number/field". */
export type KnownDifferences = Readonly<Record<string, string>>;

/** Runs one recorded job in a sandbox of its own. `path` is relative to the repository. */
export const replay = (path: string, job: string): TruthResult => {
  const jobsPath = join(ROOT, path);
  const booted: Sandbox[] = [];
  const result = runTruth(
    {
      jobsPath,
      only: new RegExp(`^${job.replaceAll(/[^\w-]/g, "\\$&")}$`),
    },
    (options) => {
      const sandbox = boot();
      booted.push(sandbox);
      const { kernel, run, sleep } = sandbox;
      const system = { log: kernel.log, run, sleep, requests: () => kernel.modules.requests() };
      return createScenarioSystem(system, options);
    },
  );
  for (const sandbox of booted) sandbox.close();
  return result;
};

export const jobNames = (path: string): string[] =>
  parseJobs(readFileSync(join(ROOT, path), "utf8"), path).map(({ name }) => name);

/** Where a step differs from the recording: "job/step op/field: recorded ..., kobox ...", or "job/step op/log: ...". */
export const differences = ({ comparisons }: TruthResult): string[] =>
  comparisons.flatMap(({ job, steps }) =>
    steps.flatMap((step) => {
      const at = `${job}/${step.index} ${step.op}`;
      return [
        ...step.fields.map(
          ({ field, recorded, kobox }) => `${at}/${field}: recorded ${recorded}, kobox ${kobox}`,
        ),
        ...lineDifferences(`${at}/log`, step.log),
        ...lineDifferences(`${at}/out`, step.out),
      ];
    }),
  );

const lineDifferences = (at: string, { missing, extra }: LineDiff): string[] => [
  ...missing.map((line) => `${at}: recorded only: ${line}`),
  ...extra.map((line) => `${at}: kobox only: ${line}`),
];

/** One test a job: its steps end and log as they did on the real kernel, but for what is known. */
export const testJobs = (path: string, known: KnownDifferences = {}): void => {
  it.each(jobNames(path))("%s", (job) => {
    const found = differences(replay(path, job));
    expect(found.filter((line) => known[line.slice(0, line.indexOf(":"))] === undefined)).toEqual([]);
  });
};
