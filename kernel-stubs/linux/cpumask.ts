/** include/linux/cpumask.h with CONFIG_CPUMASK_OFFSTACK, as lib/cpumask.c does it. One CPU, number 0. */
import { findNext, wordsAt } from "../../src/kernel/data/bits.ts";
import { maySleep } from "../../src/kernel/memory/gfp.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { stub, type Symbol, variable } from "../../src/stub/declare.ts";

/** CONFIG_NR_CPUS; searches end at nr_cpu_ids, which the kernel finds at boot. */
const NR_CPUS = 8192;
const NR_CPU_IDS = 1;

export const allocCpumaskVarNode = stub(
  "bool alloc_cpumask_var_node(cpumask_var_t *mask, gfp_t flags, int node)",
  {
    acquires: { slab: (k, { mask }) => k.memory.pointer(mask) },
    fails: ["FALSE"],
    sleeps: ({ flags }) => maySleep(flags),
  },
  (k, { mask, flags }) => {
    const made = k.heap.kmalloc(NR_CPUS / 8, flags);
    k.memory.setPointer(mask, made);
    return made !== 0;
  },
);

export const freeCpumaskVar = stub(
  "void free_cpumask_var(cpumask_var_t mask)",
  { releases: { slab: "mask" } },
  (k, { mask }) => k.heap.kfree(mask),
);

export const cpumaskNextWrap = stub(
  "unsigned int cpumask_next_wrap(int n, const struct cpumask *mask, int start, bool wrap)",
  (k, { n, mask, start, wrap }) => {
    const words = wordsAt(k.memory, mask);
    const next = findNext(words, NR_CPU_IDS, n + 1);
    if (wrap && n < start && next >= start) return NR_CPU_IDS;
    return next < NR_CPU_IDS ? next : findNext(words, NR_CPU_IDS, 0);
  },
);

export const cpumaskLocalSpread = stub(
  "unsigned int cpumask_local_spread(unsigned int i, int node)",
  () => 0,
);

export const cpumaskAnyAndDistribute = stub(
  "unsigned int cpumask_any_and_distribute(const struct cpumask *src1p, const struct cpumask *src2p)",
  (k, { src1p, src2p }) => {
    const [a, b] = [wordsAt(k.memory, src1p), wordsAt(k.memory, src2p)];
    return findNext((index) => a(index) & b(index), NR_CPU_IDS, 0);
  },
);

export const cpumaskAnyDistribute = stub(
  "unsigned int cpumask_any_distribute(const struct cpumask *srcp)",
  (k, { srcp }) => findNext(wordsAt(k.memory, srcp), NR_CPU_IDS, 0),
);

/** There is one processor, and it is there from the start. */
const first = (k: Kernel, { address }: Symbol): void => k.memory.setU64(address, 1n);

export const cpuMasks = [
  variable("struct cpumask __cpu_online_mask", first),
  variable("struct cpumask __cpu_possible_mask", first),
  variable("struct cpumask __cpu_present_mask", first),
  variable("struct cpumask __cpu_active_mask", first),
];
export const nrCpuIds = variable("unsigned int nr_cpu_ids", (k, { address }) =>
  k.memory.setU32(address, NR_CPU_IDS),
);
export const numOnlineCpus = variable("atomic_t __num_online_cpus", (k, { address }) =>
  k.memory.setU32(address, 1),
);
