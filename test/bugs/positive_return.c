// SPDX-License-Identifier: GPL-2.0-only
/* Failure is reported by a positive number. */
#include <linux/module.h>
#include <linux/slab.h>

static void *buffer;

static int __init bug_init(void)
{
	buffer = kmalloc(64, GFP_KERNEL);
#ifdef SEEDED
	return buffer ? 0 : ENOMEM;
#else
	return buffer ? 0 : -ENOMEM;
#endif
}

static void __exit bug_exit(void)
{
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
