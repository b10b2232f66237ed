import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/filesystems/filesystems.jobs");
testJobs("test/truth/filesystems/helpers.jobs");
