import type { RunOptions } from "./commands/run.ts";

/** What the options of `kobox run` are where the command line does not say. */
export const RUN_DEFAULTS = {
  seed: "1",
  schedule: "in-turn",
  settle: "50",
  unknown: "guess",
  memory: "48",
  rmmod: true,
  realTime: "300",
  sanitize: "none",
} satisfies RunOptions;
