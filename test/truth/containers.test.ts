import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/containers/containers.jobs");
