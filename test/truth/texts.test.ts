import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/texts/texts.jobs");
