import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/block/majors.jobs");
testJobs("test/truth/block/disks.jobs");
