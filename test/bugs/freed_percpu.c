// SPDX-License-Identifier: GPL-2.0-only
/* exit adds up counters that it has given back. */
#include <linux/module.h>
#include <linux/percpu.h>

struct counters { u64 packets, bytes; };
static struct counters __percpu *counters;

static int __init bug_init(void)
{
	counters = alloc_percpu(struct counters);
	return counters ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
	u64 sum = 0;
	int cpu;

#ifdef SEEDED
	free_percpu(counters);
#endif
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(counters, cpu)->bytes);
#ifndef SEEDED
	free_percpu(counters);
#endif
	pr_info("sum %llu\n", sum);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
