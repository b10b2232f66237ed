import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/block/majors.jobs");
