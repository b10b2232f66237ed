import { testJobs } from "../support/truth-replay.ts";

testJobs("test/truth/files/attributes.jobs", {
  "proc/1 sh/out": "/proc/net is /proc",
  "proc/2 sh/out": "a date",
  "kfile/0 load/log": "kernel_read() of a file that is only written to does not warn",
  "kfile/3 sh/log": "a file system type of a module that is gone is read by host code",
  "kfile/4 end/tainted": "the warning of the first step",
});
