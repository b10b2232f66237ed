/**
 * A thousand schedules: modules that lock as they should never yield a finding, whatever the seed; a module
 * with a race is caught by some seeds, and each of these finds the same again in a kernel of its own.
 * KOBOX_SEEDS says how many.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openLedger } from "../src/analysis/ledger/ledger.ts";
import { O_NONBLOCK } from "../src/kernel/user.ts";
import { type Sandbox, boot } from "../src/sandbox.ts";

const SEEDS = Number(process.env["KOBOX_SEEDS"] ?? 1000);
const RACE = "test/truth/tasks/mods/race.ko";
const CORRECT: readonly (readonly [path: string, parameters: string])[] = [
  [RACE, "careful=1"],
  ["samples/kthread/kthread.ko", ""],
  ["samples/timer/timer.ko", ""],
  ["samples/work/work.ko", ""],
];
const IDENTITY = { comm: "insmod", argv: ["insmod"] };
/** MODULE_STATE_LIVE */
const LIVE = 0;
/** Virtual nanoseconds between insert and remove. */
const PAUSE = 50_000_000;

/** Inserts, waits and removes; what was found, with all that was logged. */
const run = (sandbox: Sandbox, path: string, parameters: string): string[] => {
  const { kernel } = sandbox;
  const bytes = readFileSync(path);
  sandbox.run(IDENTITY, (sys) => sys.initModule(bytes, parameters));
  sandbox.sleep(PAUSE);
  // What crashed in init stays.
  const live = kernel.modules.list.all().filter((module) => kernel.modules.list.state(module) === LIVE);
  for (const { name } of live)
    sandbox.run(IDENTITY, function* (sys) {
      yield* sys.deleteModule(name, O_NONBLOCK);
      return 0;
    });
  const stop = kernel.stopped === undefined ? [] : [kernel.stopped.message];
  return [...kernel.findings.all().filter(({ severity }) => severity !== "note"), ...stop].map((each) =>
    typeof each === "string" ? each : `${each.kind}: ${each.message}`,
  );
};

const open = (schedule: string): Sandbox => {
  const sandbox = boot({ ram: 64 << 20, schedule });
  openLedger(sandbox.kernel, sandbox.binder);
  return sandbox;
};

const shared = open("in-turn");
const start = shared.snapshot();
afterAll(() => shared.close());

/** By seed, what was found; nothing where nothing was. */
const explore = (path: string, parameters: string): Map<number, string[]> => {
  const found = new Map<number, string[]>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    shared.kernel.schedule.start(`random:${seed}`);
    const all = run(shared, path, parameters);
    if (all.length > 0) found.set(seed, all);
    start.restore();
  }
  return found;
};

describe(`${SEEDS} seeds`, () => {
  test.each(CORRECT)("%s %s is right with each", { timeout: 300_000 }, (path, parameters) => {
    expect([...explore(path, parameters)]).toEqual([]);
  });

  test("the race is found, and found again by its seed", { timeout: 300_000 }, () => {
    const found = explore(RACE, "");
    process.stdout.write(`${found.size} of ${SEEDS} seeds find the race\n`);
    expect(found.size).toBeGreaterThan(0);
    expect(found.size).toBeLessThan(SEEDS);
    for (const [seed, all] of [...found].slice(0, 10)) {
      const alone = open(`random:${seed}`);
      expect(run(alone, RACE, "")).toEqual(all);
      alone.close();
    }
  });
});
