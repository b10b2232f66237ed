import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/dyndbg/dyndbg.jobs");
