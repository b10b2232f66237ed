import { describe, expect, test } from "vitest";
import { replay } from "../../support/truth-replay.ts";

/** Lines that only one side has, after blurring. */
const unequalLines = (path: string, job: string): string[] =>
  replay(path, job).comparisons.flatMap(({ steps }) =>
    steps.flatMap(({ log }) => [
      ...log.missing.map((line) => `- ${line}`),
      ...log.extra.map((line) => `+ ${line}`),
    ]),
  );

describe("modules that print say what they said on the real kernel", () => {
  test.each(["integers", "pointers", "scan", "numbers", "helpers", "odd"])("%s", (job) => {
    expect(unequalLines("test/truth/printf/printf.jobs", job)).toEqual([]);
  });

  test.each(["records-levels", "records-cont", "records-lengths", "records-limits"])("%s", (job) => {
    expect(unequalLines("test/truth/printf/records.jobs", job)).toEqual([]);
  });

  test.each(["printk", "vprintk", "sprintf", "kasprintf", "dev", "nested"])(
    "the warning by way of %s",
    (by) => {
      expect(unequalLines("test/truth/printf/records.jobs", `warned-${by}`)).toEqual([]);
    },
  );

  test.each([
    "string",
    "user",
    "format",
    "hex",
    "ip6c",
    "nested",
    "sprintf",
    "sscanf",
    "kstrtoint",
    "memparse",
    "device",
  ])("the oops of a bad pointer: %s", (what) => {
    expect(unequalLines("test/truth/printf/faults.jobs", `faults-${what}`)).toEqual([]);
  });
});
