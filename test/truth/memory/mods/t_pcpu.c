// SPDX-License-Identifier: GPL-2.0
/* More per-CPU data than the reserve for modules holds. */
#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(char[9000], big);

static int __init t_pcpu_init(void)
{
	pr_info("pcpu: %d\n", *this_cpu_ptr(&big[1]));
	return 0;
}

static void __exit t_pcpu_exit(void)
{
}

module_init(t_pcpu_init);
module_exit(t_pcpu_exit);
MODULE_LICENSE("GPL");
