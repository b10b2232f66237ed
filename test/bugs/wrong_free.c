// SPDX-License-Identifier: GPL-2.0-only
/* Memory of vmalloc goes to kfree. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static void *table;

static int __init bug_init(void)
{
	table = vmalloc(3 * PAGE_SIZE);
	return table ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
#ifdef SEEDED
	kfree(table);
#else
	vfree(table);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
