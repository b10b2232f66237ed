/** Damaged modules in the sandbox: each fails with an errno, runs and leaves, or ends in a report. */
import { expect, test } from "vitest";
import { createBench } from "./support/mutants.ts";

/** The whole 20,000 are the long suite's. */
const COUNT = 300;

test(`${COUNT} damaged modules`, { timeout: 120_000 }, () => {
  const bench = createBench();
  const kinds = new Map<string, number>();
  for (let seed = 0; seed < COUNT; seed += 1) {
    const { kind, what, reason, milliseconds } = bench.run(seed);
    if (kind === "errno") expect(reason, what).not.toBe("");
    expect(milliseconds, what).toBeLessThan(60_000);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  bench.close();
  expect(kinds.get("errno")).toBeGreaterThan(COUNT / 3);
  expect(kinds.get("clean")).toBeGreaterThan(COUNT / 10);
});
