import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Armed, arm } from "../../src/analysis/armed.ts";
import { createCircumstances } from "../../src/analysis/fuzz/circumstances.ts";
import { EMPTY } from "../../src/analysis/fuzz/input.ts";
import { createJournal } from "../../src/kernel/journal.ts";
import { createRandom } from "../../src/kernel/random.ts";
import { type Sandbox, boot } from "../../src/sandbox.ts";

const MILLISECOND = 1_000_000;

interface Life {
  /** The call of init that fails, from 0; none beyond the last. */
  readonly fails: number;
  /** Virtual milliseconds before and after exit. */
  readonly sleeps: readonly [number, number];
  readonly exits: boolean;
}

const armed = (sandbox: Sandbox, path: string): Armed => {
  const bytes = readFileSync(new URL(`../../${path}.ko`, import.meta.url));
  const result = arm(sandbox, { bytes });
  if (result.kind !== "armed") throw new Error(`not armed: ${JSON.stringify(result)}`);
  return result;
};

/** A function that lives one life of the module from its snapshot, and says all that can be seen of it. */
const liver = (sandbox: Sandbox, path: string): ((life: Life) => string) => {
  const { kernel } = sandbox;
  const circumstances = createCircumstances(sandbox);
  const module = armed(sandbox, path);
  return ({ fails, sleeps, exits }) => {
    module.restore();
    circumstances.begin({ ...EMPTY, faults: [{ call: fails, choice: 0 }] });
    const ends = [module.init()];
    circumstances.end();
    if (kernel.stopped === undefined) sandbox.sleep(sleeps[0] * MILLISECOND);
    if (exits && kernel.stopped === undefined) ends.push(module.exit());
    if (kernel.stopped === undefined) sandbox.sleep(sleeps[1] * MILLISECOND);
    return JSON.stringify([
      ends,
      kernel.log.since(0),
      kernel.findings.all(),
      kernel.clock.now(),
      kernel.machine.frames.free(),
      [...kernel.tasks.all()].map(({ pid, comm, state }) => [pid, comm, state]),
      [...kernel.executor.registers].map(String),
    ]);
  };
};

describe("a thousand random executions", () => {
  it.each([
    ["test/truth/mods/t_timer", 400],
    ["samples/timer/timer", 400],
    ["samples/scull/scull", 200],
  ])("leave nothing of themselves behind: %s", (path, count) => {
    const random = createRandom(createJournal(), 4711n);
    const sandbox = boot();
    const live = liver(sandbox, path);
    const seen = new Map<string, string>();
    for (let execution = 0; execution < count; execution += 1) {
      const sleeps: [number, number] = [random.below(2) * 25, random.below(2) * 40];
      const life: Life = { fails: random.below(5), sleeps, exits: random.below(3) > 0 };
      const key = JSON.stringify(life);
      const shown = live(life);
      const before = seen.get(key);
      if (before === undefined) seen.set(key, shown);
      else expect(shown).toBe(before);
    }
    // And the first time is as the last: nothing depends on what ran before.
    for (const [key, shown] of [...seen].slice(-2)) {
      const other = boot();
      expect(liver(other, path)(JSON.parse(key) as Life)).toBe(shown);
      other.close();
    }
    sandbox.close();
  });
});
