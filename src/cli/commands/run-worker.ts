import { KoboxError } from "../../base/errors.ts";
import { EXIT } from "../exit.ts";
import { tell } from "../isolate/events.ts";
import { type RunJob, runJob } from "../run/drive.ts";

const answer = (job: RunJob): void => {
  try {
    const report = runJob(job, {
      onRecord: (record) => tell({ record }),
      onStep: (begin, before) => tell({ begin, before }),
    });
    tell({ report });
  } catch (error) {
    if (error instanceof KoboxError) {
      const { code, message, hint } = error;
      tell({ refused: { code, message, ...(hint === undefined ? {} : { hint }) } });
    } else tell({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};

/** The other end of `runIsolated`: runs one job; its parent ends it. */
export const runWorkerCommand = (): Promise<number> => {
  process.once("message", (job: RunJob) => answer(job));
  return new Promise((resolve) => {
    process.on("disconnect", () => resolve(EXIT.CLEAN));
  });
};
