// SPDX-License-Identifier: GPL-2.0
/*
 * timer - does something every now and then.
 *
 * A timer fires once, in softirq context: its function must not sleep. To go on
 * it sets itself up again. del_timer_sync() waits until the function is not
 * running on any CPU, so that the code can go away.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static unsigned int period_ms = 100;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "milliseconds between two ticks");

struct ticker {
	struct timer_list timer;
	unsigned long started;
	unsigned int ticks;
};

static struct ticker ticker;

static void tick(struct timer_list *timer)
{
	struct ticker *t = from_timer(t, timer, timer);

	t->ticks++;
	pr_info("timer: tick %u, in softirq: %d\n", t->ticks, in_softirq() != 0);
	mod_timer(&t->timer, jiffies + msecs_to_jiffies(period_ms));
}

static int __init timer_init(void)
{
	if (period_ms == 0)
		return -EINVAL;
	ticker.started = jiffies;
	timer_setup(&ticker.timer, tick, 0);
	mod_timer(&ticker.timer, jiffies + msecs_to_jiffies(period_ms));
	pr_info("timer: every %u ms\n", period_ms);
	return 0;
}

static void __exit timer_exit(void)
{
	int was_pending = del_timer_sync(&ticker.timer);

	pr_info("timer: stopped after %u ticks, pending: %d\n", ticker.ticks, was_pending);
}

module_init(timer_init);
module_exit(timer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Ticks");
