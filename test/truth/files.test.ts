import { testJobs } from "../support/truth-replay.ts";

/** Busybox tells how a job that it waits for was killed; results that are no errno have no form in a host program. */
testJobs("test/truth/files/files.jobs", {
  "share/3 sh/out": "the shell does not say `Killed`",
  "interrupt/3 sh/out": "the shell does not say `Killed`",
  "fault/1 sh/out": "a read that returned -12345",
});
