import { testJobs } from "../support/truth-replay.ts";

const CONTEXTS = "a tasklet runs in ksoftirqd there, and irq_work interrupts irq_work_queue()";
const STTY = "the shell has no stty, and its head asks no terminal";

testJobs("test/truth/oops/where.jobs", {
  "where/0 load/log": CONTEXTS,
  "where-init_module/0 iload/log": CONTEXTS,
  "where/1 sh/log": STTY,
  "where/1 sh/out": STTY,
  "where/3 sh/out": "the shell has no mount",
  "atomic/0 load/log": "a bad pointer of __get_user in atomic context, which kobox does not complain of",
});
