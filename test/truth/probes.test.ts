import { expect, it } from "vitest";
import { jobNames, replay, testJobs } from "../support/truth-replay.ts";

const FAMILIES = [
  "probes",
  "crypto",
  "trace",
  "livepatch",
  "napi",
  "tflags",
  "netlink",
  "connector",
  "hole",
].map((name) => `test/truth/probes/${name}.jobs`);

for (const path of FAMILIES) {
  testJobs(path);
  it.each(jobNames(path))("%s logs the same", (job) => {
    const lines = replay(path, job).comparisons.flatMap(({ steps }) =>
      steps.flatMap(({ log }) => [...log.missing, ...log.extra]),
    );
    expect(lines).toEqual([]);
  });
}
