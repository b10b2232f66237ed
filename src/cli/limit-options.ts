import type { Limits } from "../kernel/limits.ts";
import { numberOption } from "./number-option.ts";

/** What a step may take, as the command line says it. */
export interface LimitOptions {
  readonly maxCalls?: string;
  readonly maxInstructions?: string;
  readonly timeLimit?: string;
}

/** KoboxError "usage". */
export const limitsOf = ({ maxCalls, maxInstructions, timeLimit }: LimitOptions): Partial<Limits> => ({
  ...(maxCalls === undefined ? {} : { calls: numberOption("max-calls", maxCalls, 1, 1e12) }),
  ...(maxInstructions === undefined
    ? {}
    : { instructions: numberOption("max-instructions", maxInstructions, 1, 1e15) }),
  ...(timeLimit === undefined ? {} : { seconds: numberOption("time-limit", timeLimit, 1, 1e7) }),
});

const RAISED_BY = {
  calls: "--max-calls",
  instructions: "--max-instructions",
  seconds: "--time-limit",
} as const;

/** What to do about a limit that has been reached. */
export const limitHint = (limit: keyof Limits): string =>
  `if it only takes long: ${RAISED_BY[limit]} raises the limit`;
