import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/filesystems/filesystems.jobs");
