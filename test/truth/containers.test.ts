import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/containers/containers.jobs");
testJobs("test/truth/containers/ranges.jobs");
