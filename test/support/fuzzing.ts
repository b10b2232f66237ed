import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Harness, createHarness } from "../../src/analysis/fuzz/harness.ts";
import { type FuzzSession, createSession } from "../../src/analysis/fuzz/session.ts";
import { parseTarget } from "../../src/analysis/fuzz/target.ts";
import { parseSanitizers } from "../../src/analysis/sanitizers/sanitizers.ts";
import { boot } from "../../src/sandbox.ts";
import { ROOT } from "./command-line.ts";

const RAM = 48 * 1024 * 1024;

/** A fuzzing session in this process; `path` from the repository's root. */
export const fuzzing = <T>(
  path: string,
  target: string,
  use: (session: FuzzSession, harness: Harness) => T,
  seed = 1,
): T => {
  const sandbox = boot({ ram: RAM, checks: true });
  try {
    const harness = createHarness(
      sandbox,
      { bytes: readFileSync(join(ROOT, path)) },
      parseTarget(target),
      parseSanitizers("heap"),
    );
    const session = createSession(sandbox.kernel.machine.engine, harness, { seed, worker: 0 });
    return use(session, harness);
  } finally {
    sandbox.close();
  }
};
