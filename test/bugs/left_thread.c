// SPDX-License-Identifier: GPL-2.0-only
/* The thread goes on when init fails after starting it. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct task_struct *thread;
static void *buffer;

static int run(void *unused)
{
	while (!kthread_should_stop())
		msleep_interruptible(100);
	return 0;
}

static int __init bug_init(void)
{
	thread = kthread_run(run, NULL, "left_thread");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	buffer = kmalloc(64, GFP_KERNEL);
	if (!buffer) {
#ifndef SEEDED
		kthread_stop(thread);
#endif
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	kthread_stop(thread);
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
