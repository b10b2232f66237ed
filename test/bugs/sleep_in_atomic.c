// SPDX-License-Identifier: GPL-2.0-only
/* Memory is allocated with GFP_KERNEL under a spinlock. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);
static void *buffer;

static int __init bug_init(void)
{
	spin_lock(&lock);
#ifdef SEEDED
	buffer = kmalloc(64, GFP_KERNEL);
#else
	buffer = kmalloc(64, GFP_ATOMIC);
#endif
	spin_unlock(&lock);
	return buffer ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
