// SPDX-License-Identifier: GPL-2.0-only
/* exit counts in memory that it has given back. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static u64 *counts;
static void tick(struct timer_list *unused);
static DEFINE_TIMER(timer, tick);

static void tick(struct timer_list *unused)
{
	counts[700]++;
	mod_timer(&timer, jiffies + 1);
}

static int __init bug_init(void)
{
	counts = vzalloc(8192);
	if (!counts)
		return -ENOMEM;
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static void __exit bug_exit(void)
{
#ifdef SEEDED
	vfree(counts);
	counts[700]++;
	del_timer_sync(&timer);
#else
	del_timer_sync(&timer);
	vfree(counts);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
