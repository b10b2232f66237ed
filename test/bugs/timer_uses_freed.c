// SPDX-License-Identifier: GPL-2.0-only
/* Exit frees the counter, then stops the timer that counts. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

static struct timer_list timer;
static int *counter;

static void fire(struct timer_list *unused)
{
	++*counter;
	mod_timer(&timer, jiffies + 1);
}

static int __init bug_init(void)
{
	counter = kzalloc(sizeof(*counter), GFP_KERNEL);
	if (!counter)
		return -ENOMEM;
	timer_setup(&timer, fire, 0);
	mod_timer(&timer, jiffies + 1);
	return 0;
}

static void __exit bug_exit(void)
{
#ifdef SEEDED
	kfree(counter);
	msleep(20);
	del_timer_sync(&timer);
#else
	del_timer_sync(&timer);
	msleep(20);
	kfree(counter);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
