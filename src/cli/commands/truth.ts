import { KoboxError } from "../../base/errors.ts";
import { boot } from "../../sandbox.ts";
import { EXIT } from "../exit.ts";
import { createScenarioSystem } from "../truth/system.ts";
import { formatTruth, runTruth } from "../truth/run.ts";
import { formatTotals, totals } from "../truth/table.ts";

export interface TruthCommandOptions {
  readonly only?: string;
  readonly summary?: boolean;
}

const pattern = (text: string): RegExp => {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new KoboxError("usage", `--only: ${text} is no regular expression`, { cause });
  }
};

/** Replays scenarios in kobox and prints where they differ from the recording. */
export const truthCommand = async (
  jobsPath: string,
  recordingPath: string | undefined,
  options: TruthCommandOptions,
): Promise<number> => {
  const only = options.only === undefined ? undefined : pattern(options.only);
  const result = runTruth({ jobsPath, recordingPath, only }, (bootOptions) => {
    const sandbox = boot();
    return createScenarioSystem(
      {
        log: sandbox.kernel.log,
        run: (identity, program) => sandbox.run(identity, program),
        sleep: (nanoseconds) => sandbox.sleep(nanoseconds),
        requests: () => sandbox.kernel.modules.requests(),
      },
      bootOptions,
    );
  });
  const all = totals(result.comparisons);
  process.stdout.write(`${options.summary === true ? formatTotals(all) : formatTruth(result)}\n`);
  return all.stepsAgree === all.steps ? EXIT.CLEAN : EXIT.FOUND;
};
