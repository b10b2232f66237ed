import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/dev.jobs", {
  "kthread/2 sh/out": "ps lists the recorded machine's own threads",
});
