import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/oops/where.jobs", {
  "where/1 sh/status": "the shell has no stty, and files served by read_iter and write_iter only are not",
});
