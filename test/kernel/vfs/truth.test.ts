/** Files of modules behave as recorded on a real kernel: log lines and what the shell prints. */
import { expect, test } from "vitest";
import { formatDifferences } from "../../../src/cli/truth/table.ts";
import { replay } from "./scenario-host.ts";

const JOBS = [
  "chrdev",
  "chrdev-open-unload",
  "proc",
  "meta",
  "first-taint",
  "param-defaults",
  "leftover-proc",
];

test.each(JOBS)("job %s agrees with its recording", (job) => {
  const { comparisons } = replay("test/truth/dev.jobs", new RegExp(`^${job}$`));
  expect(comparisons.length).toBe(1);
  expect(formatDifferences(comparisons)).toBe("");
});
