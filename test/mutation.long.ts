/**
 * Damaged modules, init and exit run, in one process: no crash, no hang, no growth of memory.
 * KOBOX_MUTANTS says how many; 20,000 is the full run.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createBench } from "./support/mutants.ts";

const COUNT = Number(process.env["KOBOX_MUTANTS"] ?? 1500);
/** The first of the others, so that the short suite's are not run twice. */
const FIRST = 300;
/** Memory is compared from here on: by then every kind of module has been through. */
const WARM = Math.floor(COUNT / 5);
const MIB = 1024 * 1024;
/** Of all that follow: measured with 3,000, it stays within 2. */
const GROWTH = 40 * MIB;
/** The slowest waits a day of virtual time for what never comes, while a thread wakes 100 times a second. */
const PATIENCE_MS = 90_000;
/** What a user is told: words, nothing that was not filled in. */
const SENTENCE = /^(?!.*(undefined|NaN|\[object))(?=.*\w+ \w+)/s;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Bytes, without what V8 only has not got round to collecting. */
const residentMemory = (): number => {
  collect();
  return process.memoryUsage().rss;
};

test(`${COUNT} damaged modules`, { timeout: 2_400_000 }, () => {
  const bench = createBench();
  const kinds = new Map<string, number>();
  const memory = { warm: 0 };
  for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
    const { kind, what, reason, milliseconds } = bench.run(seed);
    if (kind === "errno") expect(reason, what).toMatch(SENTENCE);
    expect(milliseconds, what).toBeLessThan(PATIENCE_MS);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (seed === FIRST + WARM) memory.warm = residentMemory();
  }
  bench.close();
  const growth = residentMemory() - memory.warm;
  const fates = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
  process.stdout.write(`${fates}; memory grew by ${(growth / MIB).toFixed(1)} MiB\n`);
  expect(growth).toBeLessThan(GROWTH);
  expect(kinds.get("errno")).toBeGreaterThan(COUNT / 3);
  expect(kinds.get("clean")).toBeGreaterThan(COUNT / 10);
});
