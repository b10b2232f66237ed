import { testJobs } from "../support/truth-replay.ts";

// The kernel warns of the open RCU read-side section when it next schedules; here that is a finding.
testJobs("test/truth/tasks/lockbugs.jobs", {
  "rcu-left-open/1 end/tainted": "no warning of rcu_note_context_switch()",
});
