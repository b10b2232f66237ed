// SPDX-License-Identifier: GPL-2.0-only
/* Two buffers; when the second cannot be had, the first is forgotten. */
#include <linux/module.h>
#include <linux/slab.h>

static void *first, *second;

static int __init bug_init(void)
{
	first = kmalloc(100, GFP_KERNEL);
	if (!first)
		return -ENOMEM;
	second = kmalloc(200, GFP_KERNEL);
	if (!second) {
#ifndef SEEDED
		kfree(first);
#endif
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(second);
	kfree(first);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
