import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Finding } from "../../src/kernel/events.ts";
import { boot } from "../../src/sandbox.ts";
import { ROOT } from "../support/command-line.ts";

const file = (name: string): Uint8Array => readFileSync(join(ROOT, "test/truth/tasks/mods", name));

interface Run {
  readonly findings: readonly Finding[];
  readonly log: readonly string[];
}

/** insmod, rmmod; what was found and said. */
const run = (name: string, parameters: string, schedule = "in-turn"): Run => {
  const log: string[] = [];
  const sandbox = boot({ ram: 48 << 20, schedule, onRecord: ({ text }) => void log.push(text) });
  sandbox.run({ comm: "insmod", argv: [] }, function* (sys) {
    const fd = yield* sys.memfd("module", file(name));
    yield* sys.finitModule(fd, parameters, 0);
    yield* sys.deleteModule(name.replace(".ko", ""), 0);
    return 0;
  });
  const findings = sandbox.kernel.findings.all();
  sandbox.close();
  return { findings, log };
};

const FOUND: readonly (readonly [what: string, kind: string, where: string, related: number])[] = [
  ["abba", "lock-order-inversion", "b_then_a", 3],
  ["classes", "lock-order-inversion", "lockbugs_init", 3],
  ["other", "unlock-by-other", "unlocks", 1],
  ["notheld", "unlock-not-held", "lockbugs_init", 0],
  ["freed", "lock-freed-while-held", "lockbugs_init", 1],
  ["again", "lock-initialised-while-held", "lockbugs_init", 1],
  ["irq", "irq-unsafe-lock", "timer_fn", 1],
  // A tail call: the work function itself is no longer on the stack.
  ["work", "lock-held-at-return", "process_one_work", 0],
  ["thread", "lock-held-at-return", "ends", 0],
  ["init", "lock-held-at-return", "lockbugs_init", 0],
  ["readtwice", "self-deadlock", "lockbugs_init", 1],
];

it.each(FOUND)("%s is %s", (what, kind, where, related) => {
  const { findings } = run("lockbugs.ko", `what=${what}`);
  expect(findings.map((finding) => finding.kind)).toEqual([kind]);
  expect(findings[0]?.where).toContain(where);
  expect(findings[0]?.related ?? []).toHaveLength(related);
  for (const { stack } of findings[0]?.related ?? []) expect(stack.length).toBeGreaterThan(0);
});

it("both orders of a pair of locks are shown with their stacks", () => {
  const [finding] = run("lockbugs.ko", "what=abba").findings;
  const text = JSON.stringify(finding);
  expect(finding?.message).toContain("mutex a [lockbugs] is taken while mutex b [lockbugs] is held");
  expect(text).toContain("b_then_a");
  expect(text).toContain("lockbugs_init");
});

it.each(["mutex", "sem", "rt", "wound", "die", "prw", "spin", "bit"])(
  "locks used well (%s) find nothing",
  (what) => {
    expect(run("locks.ko", `what=${what}`).findings).toEqual([]);
  },
);

const SEEDS = Array.from({ length: 24 }, (_, seed) => `random:${seed}`);

it("some schedule shows a race that the usual one does not, and shows it again", () => {
  expect(run("race.ko", "").findings).toEqual([]);
  const failing = SEEDS.find((schedule) => run("race.ko", "", schedule).findings.length > 0);
  expect(failing).toBeDefined();
  expect(run("race.ko", "", failing)).toEqual(run("race.ko", "", failing));
});

it("no schedule finds anything in the same module with a lock", () => {
  for (const schedule of SEEDS) expect(run("race.ko", "careful=1", schedule).findings).toEqual([]);
});
