// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt handlers, timer functions and tasklets that sleep. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>

static char *where = "hard";
module_param(where, charp, 0);
static char *how = "msleep";
module_param(how, charp, 0);
static bool idle;
module_param(idle, bool, 0);

static DEFINE_MUTEX(held);
static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct timer_list timer, waker, many[40];
static struct tasklet_struct tasklet;
static int dev, calls, ready, wanted = 1;

static noinline void crash(void)
{
	WRITE_ONCE(*(int *)16, 1);
	calls += 100;
}

static noinline void nap(void)
{
	calls++;
	if (!strcmp(how, "msleep"))
		msleep(3);
	else if (!strcmp(how, "schedule"))
		schedule();
	else if (!strcmp(how, "wait"))
		wait_event(queue, ready);
	else if (!strcmp(how, "mutex")) {
		mutex_lock(&held);
		mutex_unlock(&held);
	} else if (!strcmp(how, "oops")) {
		msleep(3);
		crash();
	} else if (!strcmp(how, "gfp"))
		kfree(kmalloc(100, GFP_KERNEL));
	pr_info("naps: slept, count %x off %d comm %s\n", preempt_count(), irqs_disabled(), current->comm);
}

static irqreturn_t hard(int irq, void *d)
{
	nap();
	return IRQ_HANDLED;
}
static void timer_fn(struct timer_list *t)
{
	nap();
}
static void tasklet_fn(struct tasklet_struct *t)
{
	nap();
}
static void waker_fn(struct timer_list *t)
{
	ready = 1;
	wake_up(&queue);
}

/* Each sleeps, and then waits for the next to come on top of it. */
static void many_fn(struct timer_list *t)
{
	int mine = ++calls;

	if (mine < ARRAY_SIZE(many))
		mod_timer(&many[mine], jiffies + 6);
	msleep(1);
	while (READ_ONCE(calls) == mine && mine < ARRAY_SIZE(many))
		;
}

static int holder(void *data)
{
	mutex_lock(&held);
	msleep(40);
	mutex_unlock(&held);
	pr_info("naps: released\n");
	return 0;
}

/* One block of code: an interrupt comes at its start. */
static noinline void spin(void)
{
	while (READ_ONCE(calls) < wanted)
		;
}

static int __init naps_init(void)
{
	int ret = request_irq(7, hard, 0, "naps", &dev);

	if (ret)
		return ret;
	timer_setup(&timer, timer_fn, 0);
	timer_setup(&waker, waker_fn, 0);
	tasklet_setup(&tasklet, tasklet_fn);
	if (!strcmp(how, "mutex")) {
		kthread_run(holder, NULL, "holder");
		msleep(10);
	}
	mod_timer(&waker, jiffies + 12);
	if (!strcmp(where, "hard")) {
		unsigned long flags;

		asm volatile("pushf; pop %0; cli" : "=r"(flags)::"memory");
		irq_inject_interrupt(7);
		asm volatile("push %0; popf" ::"r"(flags) : "memory", "cc");
	} else if (!strcmp(where, "timer"))
		mod_timer(&timer, jiffies + 2);
	else if (!strcmp(where, "many")) {
		int i;

		wanted = ARRAY_SIZE(many);
		for (i = 0; i < ARRAY_SIZE(many); i++)
			timer_setup(&many[i], many_fn, 0);
		mod_timer(&many[0], jiffies + 2);
	} else
		tasklet_schedule(&tasklet);
	if (idle)
		msleep(20);
	else
		spin();
	pr_info("naps: back, calls %d count %x off %d\n", calls, preempt_count(), irqs_disabled());
	msleep(60);
	pr_info("naps: later, count %x off %d\n", preempt_count(), irqs_disabled());
	return 0;
}
static void __exit naps_exit(void)
{
	del_timer_sync(&timer);
	del_timer_sync(&waker);
	tasklet_kill(&tasklet);
	free_irq(7, &dev);
	pr_info("naps: gone\n");
}
module_init(naps_init);
module_exit(naps_exit);
MODULE_LICENSE("GPL");
