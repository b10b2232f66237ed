import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/tasks/tasks.jobs");
