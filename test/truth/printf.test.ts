import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe.each(["printf", "records", "faults"])("%s", (name) => testJobs(`test/truth/printf/${name}.jobs`));
