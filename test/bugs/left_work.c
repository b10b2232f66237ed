// SPDX-License-Identifier: GPL-2.0-only
/* Delayed work is not cancelled. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static void run(struct work_struct *unused)
{
	pr_info("work\n");
}

static DECLARE_DELAYED_WORK(work, run);

static int __init bug_init(void)
{
	schedule_delayed_work(&work, 10 * HZ);
	return 0;
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	cancel_delayed_work_sync(&work);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
