// SPDX-License-Identifier: GPL-2.0
/* execute_in_process_context(): at once, or later by a worker. */
#include <linux/bottom_half.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static struct execute_work now, later, off;

static void act(struct work_struct *work)
{
	pr_info("%s: as %s, in an interrupt %d\n", work == &now.work ? "now" : work == &off.work ? "off" : "later",
		current->flags & PF_KTHREAD ? "a worker" : current->comm, !!in_interrupt());
}

static void go_off(struct timer_list *timer)
{
	pr_info("timer: %d\n", execute_in_process_context(act, &later));
}

static DEFINE_TIMER(timer, go_off);

static int __init context_init(void)
{
	pr_info("init: %d\n", execute_in_process_context(act, &now));
	local_bh_disable();
	pr_info("without softirqs: %d\n", execute_in_process_context(act, &off));
	local_bh_enable();
	mod_timer(&timer, jiffies + 2);
	return 0;
}

static void __exit context_exit(void)
{
	del_timer_sync(&timer);
	flush_scheduled_work();
}

module_init(context_init);
module_exit(context_exit);
MODULE_LICENSE("GPL");
