/** Library functions called by a real module, against what the real kernel did. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseJobs } from "../../src/cli/truth/jobs.ts";
import { runTruth } from "../../src/cli/truth/run.ts";
import { createScenarioSystem } from "../../src/cli/truth/system.ts";
import { boot } from "../../src/sandbox.ts";

const jobsPath = new URL("library.jobs", import.meta.url).pathname;

const differences = (job: string): string[] => {
  const { comparisons } = runTruth({ jobsPath, only: new RegExp(`^${job}$`) }, (options) => {
    const box = boot();
    return createScenarioSystem(
      { log: box.kernel.log, run: box.run, sleep: box.sleep, requests: () => box.kernel.modules.requests() },
      options,
    );
  });
  return comparisons.flatMap(({ steps }) =>
    steps.flatMap(({ op, fields, log }) => [
      ...fields.map(({ field, recorded, kobox }) => `${op} ${field}: ${recorded}, not ${kobox}`),
      ...log.missing.map((line) => `- ${line}`),
      ...log.extra.map((line) => `+ ${line}`),
    ]),
  );
};

describe("library functions", () => {
  it.each(parseJobs(readFileSync(jobsPath, "utf8")).map(({ name }) => name))("%s", (job) =>
    expect(differences(job)).toEqual([]),
  );
});
