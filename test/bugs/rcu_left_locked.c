// SPDX-License-Identifier: GPL-2.0-only
/* The error path stays in the read section. */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

static void *buffer;

static int __init bug_init(void)
{
	rcu_read_lock();
	buffer = kmalloc(64, GFP_ATOMIC);
	if (!buffer) {
#ifndef SEEDED
		rcu_read_unlock();
#endif
		return -ENOMEM;
	}
	rcu_read_unlock();
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
