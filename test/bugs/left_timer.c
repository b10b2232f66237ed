// SPDX-License-Identifier: GPL-2.0-only
/* A pending timer outlives the module. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static struct timer_list timer;

static void fire(struct timer_list *unused)
{
	mod_timer(&timer, jiffies + HZ);
}

static int __init bug_init(void)
{
	timer_setup(&timer, fire, 0);
	mod_timer(&timer, jiffies + HZ);
	return 0;
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	del_timer_sync(&timer);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
