import { expect, it } from "vitest";
import { jobNames, replay, testJobs } from "../support/truth-replay.ts";

const JOBS = "test/truth/tasks/tasks.jobs";

testJobs(JOBS);

// The recorded machine was slow: its grace period took longer than the module waited for it.
const SLOW = new Set(["rcu"]);

it.each(jobNames(JOBS).filter((job) => !SLOW.has(job)))("%s logs the same", (job) => {
  const lines = replay(JOBS, job).comparisons.flatMap(({ steps }) =>
    steps.flatMap(({ log }) => [...log.missing, ...log.extra]),
  );
  expect(lines).toEqual([]);
});
