import { KoboxError } from "../base/errors.ts";
import { EXIT } from "./exit.ts";
import { writeError } from "./terminal.ts";

/** "no such file" and the like: what Node says of a path somebody gave. */
const fileProblem = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !("path" in error) || !("code" in error)) return undefined;
  return `${error.path}: ${error.message.replace(/^\w+: /, "").replace(/,.*/, "")}`;
};

/** Says on standard error what went wrong; answers with the exit code. */
export const reportError = (error: unknown): number => {
  const problem = fileProblem(error);
  if (problem !== undefined) {
    writeError(`kobox: ${problem}\n`);
    return EXIT.USAGE;
  }
  if (error instanceof KoboxError) {
    writeError(`kobox: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`);
    return EXIT.USAGE;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeError(`kobox: internal error, a bug in kobox: ${text}\n`);
  return EXIT.BUG;
};
