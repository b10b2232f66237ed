/**
 * `kobox run FILE.ko [name=value ...] [--json]`, and nothing else: what people and scripts start most
 * starts without the rest of the command line (bin/kobox.cjs decides).
 */
import { runCommand } from "./commands/run.ts";
import { reportError } from "./report-error.ts";
import { RUN_DEFAULTS } from "./run-defaults.ts";

const [path = "", ...parameters] = process.argv.slice(3).filter((each) => each !== "--json");
const json = process.argv.includes("--json");

/** When all is written. */
export const exitCode: Promise<number> = runCommand(path, parameters, { ...RUN_DEFAULTS, json }).catch(
  reportError,
);
