import { writeSync } from "node:fs";
import type { LogRecord } from "../../kernel/log/record.ts";
import type { Report, ReportStep } from "../report.ts";

/** A step before it is done. */
export type StepBegin = Pick<ReportStep, "op" | "arg">;

/** What the process that runs a module tells its parent, one JSON line each, in order. */
export type RunEvent =
  | { readonly record: LogRecord }
  /** A step begins; the report of all before it. */
  | { readonly begin: StepBegin; readonly before: Report }
  | { readonly report: Report }
  | { readonly refused: { readonly code: string; readonly message: string; readonly hint?: string } }
  | { readonly bug: string };

const STDOUT = 1;

/** Returns when the parent's end has it: what was told before a death is known. */
export const tell = (event: RunEvent): void => {
  const line = Buffer.from(`${JSON.stringify(event)}\n`);
  for (let done = 0; done < line.length;) {
    try {
      done += writeSync(STDOUT, line, done);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
};
