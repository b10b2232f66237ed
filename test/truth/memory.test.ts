import { expect, it } from "vitest";
import { replay, testJobs } from "../support/truth-replay.ts";

const JOBS = "test/truth/memory/memory.jobs";

// The recorded machine has 1 GB of RAM, whose first part is the kernel's own and reserved.
const RAM = "the module asks for physical addresses that are RAM in one machine and not in the other";

testJobs(JOBS, { "mem2-io/3 end/tainted": RAM, "mem2-ioram/3 end/tainted": RAM });

/** Jobs of which each log line agrees; the others print numbers that no two machines share. */
const SAME = [
  "cacheleak",
  "huge",
  "vfreebad",
  "kfreewild",
  "mem2-vmap",
  "mem2-caches",
  "mem2-pools",
  "mem2-wrongcache",
  "mem2-badflags",
  "mem2-badusercopy",
  "mem2-kfreepage",
  "mem2-kfreeinside",
  "mem2-vfreetwice",
  "mem2-vfreeinside",
  "mem2-percpuhuge",
  "mem2-cachefull",
  "mem2-cachedouble",
  "mem2-doublelate",
  "mem2-badgfpnew",
  "mem2-kreallochuge",
  "mem2-kfreelow",
  "mem2-kfreeuser",
  "mem2-kfreestatic",
  "mem2-nullcache",
];

it.each(SAME)("%s logs the same", (job) => {
  const lines = replay(JOBS, job).comparisons.flatMap(({ steps }) =>
    steps.flatMap(({ log }) => [...log.missing, ...log.extra]),
  );
  expect(lines).toEqual([]);
});
