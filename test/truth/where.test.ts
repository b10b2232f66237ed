import { testJobs } from "../support/truth-replay.ts";

const TRACES = "call traces of contexts whose kernel frames kobox does not name";

testJobs("test/truth/oops/where.jobs", {
  "where/0 load/log": TRACES,
  "where-init_module/0 iload/log": TRACES,
  "where/1 sh/status": "the shell has no stty, and files served by read_iter and write_iter only are not",
  "where/1 sh/log": TRACES,
  "where/1 sh/out": TRACES,
  "where/3 sh/out": "the shell has no mount",
  "atomic/0 load/log": "waits in atomic context that kobox does not complain of",
});
