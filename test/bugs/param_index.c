// SPDX-License-Identifier: GPL-2.0-only
/* A parameter is an index that nobody checks. */
#include <linux/module.h>
#include <linux/slab.h>

#define COUNT 8
static int level = 3;
module_param(level, int, 0444);

static int *table;

static int __init bug_init(void)
{
#ifndef SEEDED
	if (level < 0 || level >= COUNT)
		return -EINVAL;
#endif
	table = kcalloc(COUNT, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	table[level] = 1;
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(table);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
