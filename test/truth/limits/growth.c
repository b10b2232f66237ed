// SPDX-License-Identifier: GPL-2.0-only
// Much of one thing: long waits, many threads, timers, calls.
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *mode = "";
module_param(mode, charp, 0);
static int n = 1000;
module_param(n, int, 0);

static int left;
static DECLARE_COMPLETION(all_done);

static void one_less(void)
{
	if (--left == 0)
		complete(&all_done);
}

static int thread(void *unused)
{
	msleep(10);
	one_less();
	return 0;
}

static void threads(void)
{
	int i;

	for (i = 0; i < n; i++)
		if (IS_ERR(kthread_run(thread, NULL, "worker/%d", i)))
			one_less();
	wait_for_completion(&all_done);
}

struct job {
	struct timer_list timer;
	struct work_struct work;
};

static void fired(struct timer_list *timer)
{
	one_less();
}

static void worked(struct work_struct *work)
{
	one_less();
}

static int jobs(int timers)
{
	struct job *all = kvcalloc(n, sizeof(*all), GFP_KERNEL);
	int i;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (timers) {
			timer_setup(&all[i].timer, fired, 0);
			mod_timer(&all[i].timer, jiffies + 1 + i * 7919 % 1000);
		} else {
			INIT_WORK(&all[i].work, worked);
			schedule_work(&all[i].work);
		}
	}
	wait_for_completion(&all_done);
	msleep(20);
	kvfree(all);
	return 0;
}

static void calls(void)
{
	int i;

	for (i = 0; i < n; i += 2)
		kfree(kmalloc(64, GFP_KERNEL));
}

static int objects(void)
{
	void **all = kvcalloc(n, sizeof(*all), GFP_KERNEL);
	int i;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		all[i] = kmalloc(32, GFP_KERNEL);
	for (i = 0; i < n; i++)
		kfree(all[i]);
	kvfree(all);
	return 0;
}

static int __init growth_init(void)
{
	left = n;
	if (!strcmp(mode, "wait"))
		ssleep(n);
	else if (!strcmp(mode, "ticks"))
		while (left-- > 0)
			schedule_timeout_uninterruptible(HZ);
	else if (!strcmp(mode, "threads"))
		threads();
	else if (!strcmp(mode, "timers"))
		return jobs(1);
	else if (!strcmp(mode, "works"))
		return jobs(0);
	else if (!strcmp(mode, "calls"))
		calls();
	else if (!strcmp(mode, "objects"))
		return objects();
	pr_info("growth: %s %d done, %d left\n", mode, n, left);
	return 0;
}

static void __exit growth_exit(void)
{
}

module_init(growth_init);
module_exit(growth_exit);
MODULE_LICENSE("GPL");
