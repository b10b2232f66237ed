/** Driver core, sysfs groups, debugfs, platform devices, notifier chains: as recorded. */
import { expect, test } from "vitest";
import { formatDifferences } from "../../../src/cli/truth/table.ts";
import { replay } from "./scenario-host.ts";

test("job core agrees with its recording", () => {
  const { comparisons } = replay("test/truth/devices/core.jobs", /^core$/);
  expect(comparisons.length).toBe(1);
  expect(formatDifferences(comparisons)).toBe("");
});
