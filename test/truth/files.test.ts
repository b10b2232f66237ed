import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/files/shell.jobs");

/** Whether busybox says `Killed` of a background job hangs on which of them runs first; results that are no errno have no form in a host program. */
testJobs("test/truth/files/files.jobs", {
  "share/3 sh/out": "`Killed`, said of a background job",
  "interrupt/3 sh/out": "`Killed`, said of a background job",
  "fault/1 sh/out": "a read that returned -12345",
});
testJobs("test/truth/files/bits.jobs");
