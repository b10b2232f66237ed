import { describe } from "vitest";
import { testJobs } from "../support/truth-replay.ts";

describe("network namespaces and devices", () => testJobs("test/truth/net/net.jobs"));
