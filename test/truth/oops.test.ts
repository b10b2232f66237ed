import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/oops/oops.jobs");
