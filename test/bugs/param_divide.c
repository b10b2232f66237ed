// SPDX-License-Identifier: GPL-2.0-only
/* A parameter is a divisor that may be zero. */
#include <linux/kernel.h>
#include <linux/module.h>

static unsigned int rate = 100;
module_param(rate, uint, 0444);

static int __init bug_init(void)
{
#ifndef SEEDED
	if (!rate)
		return -EINVAL;
#endif
	pr_info("every %u\n", 1000 / rate);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
