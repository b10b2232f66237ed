import { expect, it } from "vitest";
import { jobNames, replay, testJobs } from "../support/truth-replay.ts";

const JOBS = "test/truth/tasks/tasks.jobs";

testJobs(JOBS);

it.each(jobNames(JOBS))("%s logs the same", (job) => {
  const lines = replay(JOBS, job).comparisons.flatMap(({ steps }) =>
    steps.flatMap(({ log }) => [...log.missing, ...log.extra]),
  );
  expect(lines).toEqual([]);
});
