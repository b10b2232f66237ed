import { KoboxError } from "../../base/errors.ts";
import { type WorkerRequest, createWorker } from "../../analysis/fuzz/worker.ts";
import { EXIT } from "../exit.ts";
import type { WorkerMessage } from "../fuzz/link.ts";
import { bootAround } from "../surroundings.ts";

/** The other end of `connectWorker`: answers its parent until that is gone. */
export const fuzzWorkerCommand = (): Promise<number> => {
  const worker = createWorker(bootAround);
  const reply = (message: WorkerMessage): void => void process.send?.(message);
  process.on("message", (request: WorkerRequest) => {
    try {
      reply({ answer: worker.answer(request) });
    } catch (error) {
      if (!(error instanceof KoboxError)) throw error;
      const { code, message, hint } = error;
      reply({ refused: { code, message, ...(hint === undefined ? {} : { hint }) } });
    }
  });
  // The parent decides when it is over, and Ctrl-C is for the parent.
  process.on("SIGINT", () => {});
  return new Promise((resolve) => {
    process.on("disconnect", () => {
      resolve(EXIT.CLEAN);
      process.exit(EXIT.CLEAN);
    });
  });
};
