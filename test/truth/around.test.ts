import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("interrupts", () => testJobs("test/truth/around/irq.jobs"));
