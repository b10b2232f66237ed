// SPDX-License-Identifier: GPL-2.0-only
/* What init allocated, exit does not free. */
#include <linux/module.h>
#include <linux/slab.h>

static char *name;

static int __init bug_init(void)
{
	name = kstrdup("a name", GFP_KERNEL);
	return name ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	kfree(name);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
