// SPDX-License-Identifier: GPL-2.0-only
/* The error path leaves the mutex locked. */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static DEFINE_MUTEX(lock);
static void *buffer;

static int __init bug_init(void)
{
	mutex_lock(&lock);
	buffer = kmalloc(64, GFP_KERNEL);
	if (!buffer) {
#ifndef SEEDED
		mutex_unlock(&lock);
#endif
		return -ENOMEM;
	}
	mutex_unlock(&lock);
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
