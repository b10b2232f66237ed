import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe.each(["printf", "records", "faults"])("%s", (name) =>
  testJobs(`test/truth/printf/${name}.jobs`, {
    "faults-noncanonical/0 load/log": "the real function has interrupts off where it faults",
  }),
);
