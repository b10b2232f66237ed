import { testJobs } from "../support/truth-replay.ts";

const JOBS = "test/truth/memory/memory.jobs";

// The recorded machine has 1 GB of RAM, whose first part is the kernel's own and reserved.
const RAM = "the module asks for physical addresses that are RAM in one machine and not in the other";
const COUNTS = "Mem-Info counts the whole machine's memory";
const PLACE = "where an object lies depends on all that was allocated before";

testJobs(JOBS, {
  "mem2-io/0 load/log": RAM,
  "mem2-io/3 end/tainted": RAM,
  "mem2-ioram/0 load/log": RAM,
  "mem2-ioram/3 end/tainted": RAM,
  "vhuge/0 load/log": COUNTS,
  "mem2-vzhuge/0 load/log": COUNTS,
  "mem2-oom/0 load/log": COUNTS,
  "mem2-kvneg/0 load/log": COUNTS,
  "cacheleak2/2 unload/log": PLACE,
  "mem2-cacheleak3/0 load/log": PLACE,
  "mem2-pages/0 load/log": PLACE,
  "mem2-percpu/0 load/log": PLACE,
  "mem2-kfreevmalloc/0 load/log": "the page struct's address follows the random place of the module area",
  "mem2-kfreestack/0 load/log": "the page struct's address follows the random place of the stack",
  "mem2-uafwrite/0 load/log": "the address is the free list's link, encoded with a random number",
  "mem2-mempoolnull/0 load/log": "the trace shows mempool_create's call of mempool_create_node",
  "mem2-freepercpuwild/0 load/log": "the real function holds a spinlock where it faults",
  "pcpu/0 load/log": "a return address left on the stack by an earlier call looks like a caller",
});
