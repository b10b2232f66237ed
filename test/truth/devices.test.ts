import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("root devices, and small things", () => testJobs("test/truth/devices/roots.jobs"));
