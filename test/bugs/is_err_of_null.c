// SPDX-License-Identifier: GPL-2.0-only
/* vmalloc answers NULL, init looks for an error pointer. */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

static int *table;

static int __init bug_init(void)
{
	table = vmalloc(8192);
#ifdef SEEDED
	if (IS_ERR(table))
		return PTR_ERR(table);
#else
	if (!table)
		return -ENOMEM;
#endif
	table[100] = 1;
	return 0;
}

static void __exit bug_exit(void)
{
	vfree(table);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
