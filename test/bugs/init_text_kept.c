// SPDX-License-Identifier: GPL-2.0-only
/* A timer calls a function that was freed with the init section. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static struct timer_list timer;
static int fired;

#ifdef SEEDED
static noinline void __init count(void)
#else
static noinline void count(void)
#endif
{
	fired++;
}

static void (*later)(void);

static void fire(struct timer_list *unused)
{
	later();
}

static int __init bug_init(void)
{
	later = count;
	timer_setup(&timer, fire, 0);
	mod_timer(&timer, jiffies + 2);
	return 0;
}

static void __exit bug_exit(void)
{
	del_timer_sync(&timer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
