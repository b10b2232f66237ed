// SPDX-License-Identifier: GPL-2.0
/* Interrupts: handlers, threads, shared lines, nesting, misuse. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/kthread.h>
#include <linux/module.h>

static char *what = "basic";
module_param(what, charp, 0);
static int line = 7;
module_param(line, int, 0);

static int a_dev, b_dev, calls, thread_calls;
static bool quiet, decline;

static irqreturn_t hard(int irq, void *dev)
{
	calls++;
	if (!quiet)
		pr_info("irq: hard %d dev=%s hardirq=%d irq=%d off=%d count=%lx\n", irq,
			dev == &a_dev ? "a" : dev == &b_dev ? "b" : "-", !!in_hardirq(), !!in_interrupt(),
			irqs_disabled(), preempt_count() & HARDIRQ_MASK);
	return decline ? IRQ_NONE : IRQ_HANDLED;
}

static irqreturn_t none(int irq, void *dev)
{
	pr_info("irq: none %d\n", irq);
	return IRQ_NONE;
}

static irqreturn_t waker(int irq, void *dev)
{
	pr_info("irq: waker %d\n", irq);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t threaded(int irq, void *dev)
{
	thread_calls++;
	pr_info("irq: thread %d comm=%s task=%d off=%d prio=%d policy=%d kthread=%d\n", irq, current->comm,
		!!in_task(), irqs_disabled(), current->prio, current->policy, !!(current->flags & PF_KTHREAD));
	msleep(1);
	return IRQ_HANDLED;
}

static struct tasklet_struct later;
static void later_fn(struct tasklet_struct *t)
{
	pr_info("irq: tasklet softirq=%d hard=%d\n", !!in_serving_softirq(), !!in_hardirq());
}

static irqreturn_t scheduler(int irq, void *dev)
{
	tasklet_schedule(&later);
	pr_info("irq: scheduled\n");
	return IRQ_HANDLED;
}

static irqreturn_t misuse(int irq, void *dev)
{
	pr_info("irq: misuse %d\n", irq);
	if (!strcmp(what, "sleep"))
		msleep(1);
	else if (!strcmp(what, "enable"))
		local_irq_enable();
	else if (!strcmp(what, "bogus"))
		return 77;
	else
		free_irq(irq, dev);
	return IRQ_HANDLED;
}

static void fire(void)
{
	int ret = irq_inject_interrupt(line);

	pr_info("irq: injected %d calls=%d\n", ret, calls);
}

static void basic(void)
{
	pr_info("irq: before has=%d\n", irq_has_action(line));
	pr_info("irq: request %d\n", request_irq(line, hard, 0, "t_irq", &a_dev));
	pr_info("irq: after has=%d\n", irq_has_action(line));
	fire();
	fire();
	synchronize_irq(line);
	pr_info("irq: again %d\n", request_irq(line, hard, 0, "t_irq2", &b_dev));
	pr_info("irq: high %d\n", request_irq(4000, hard, 0, "t_irq", &a_dev));
	pr_info("irq: none %d\n", request_irq(line, NULL, 0, "t_irq", &a_dev));
	pr_info("irq: nodev %d\n", request_irq(6, hard, IRQF_SHARED, "t_irq", NULL));
	pr_info("irq: cond %d\n", request_irq(6, hard, IRQF_COND_SUSPEND, "t_irq", &a_dev));
	pr_info("irq: cascade %d\n", request_irq(2, hard, 0, "t_irq", &a_dev));
	pr_info("irq: auto %d\n", request_irq(6, hard, IRQF_SHARED | IRQF_NO_AUTOEN, "t_irq", &a_dev));
	pr_info("irq: timer %d\n", request_irq(0, hard, IRQF_SHARED, "t_irq", &a_dev));
	pr_info("irq: rtc %d\n", request_irq(8, hard, IRQF_SHARED, "t_irq", &a_dev));
	pr_info("irq: freed %s\n", (const char *)free_irq(line, &a_dev));
	fire();
}

static void shared(void)
{
	pr_info("irq: a %d\n", request_irq(line, none, IRQF_SHARED, "t_a", &a_dev));
	pr_info("irq: b %d\n", request_irq(line, hard, IRQF_SHARED, "t_b", &b_dev));
	pr_info("irq: c %d\n", request_irq(line, hard, 0, "t_c", &calls));
	pr_info("irq: d %d\n", request_irq(line, hard, IRQF_SHARED | IRQF_TRIGGER_FALLING, "t_d", &calls));
	pr_info("irq: e %d\n", request_threaded_irq(line, hard, threaded, IRQF_SHARED | IRQF_ONESHOT, "t_e", &calls));
	fire();
	pr_info("irq: free b %s\n", (const char *)free_irq(line, &b_dev));
	fire();
	pr_info("irq: wrong\n");
	free_irq(line, &calls);
	pr_info("irq: free a %s\n", (const char *)free_irq(line, &a_dev));
}

static void thread(void)
{
	pr_info("irq: nohandler %d\n", request_threaded_irq(line, NULL, threaded, 0, "t_th", &a_dev));
	pr_info("irq: oneshot %d\n", request_threaded_irq(line, NULL, threaded, IRQF_ONESHOT, "t_th", &a_dev));
	fire();
	msleep(20);
	pr_info("irq: threads %d\n", thread_calls);
	irq_wake_thread(line, &a_dev);
	msleep(20);
	pr_info("irq: threads %d\n", thread_calls);
	fire();
	synchronize_irq(line);
	pr_info("irq: synchronized %d\n", thread_calls);
	free_irq(line, &a_dev);
	pr_info("irq: both %d\n", request_threaded_irq(line, waker, threaded, 0, "t_both", &a_dev));
	fire();
	free_irq(line, &a_dev);
	pr_info("irq: freed %d\n", thread_calls);
	pr_info("irq: wake only %d\n", request_irq(line, waker, 0, "t_wake", &a_dev));
	fire();
	free_irq(line, &a_dev);
	pr_info("irq: any %d\n", request_any_context_irq(line, hard, 0, "t_any", &a_dev));
	fire();
	free_irq(line, &a_dev);
}

static void nesting(void)
{
	pr_info("irq: request %d\n", request_irq(line, hard, 0, "t_nest", &a_dev));
	disable_irq(line);
	disable_irq_nosync(line);
	fire();
	enable_irq(line);
	pr_info("irq: once calls=%d\n", calls);
	enable_irq(line);
	pr_info("irq: twice calls=%d\n", calls);
	enable_irq(line);
	pr_info("irq: thrice calls=%d\n", calls);
	disable_hardirq(line);
	fire();
	fire();
	enable_irq(line);
	pr_info("irq: end calls=%d\n", calls);
	local_irq_disable();
	irq_inject_interrupt(line);
	pr_info("irq: off calls=%d\n", calls);
	local_irq_enable();
	udelay(1);
	pr_info("irq: on calls=%d\n", calls);
	free_irq(line, &a_dev);
	pr_info("irq: noautoen %d\n", request_irq(line, hard, IRQF_NO_AUTOEN, "t_auto", &a_dev));
	fire();
	enable_irq(line);
	pr_info("irq: enabled calls=%d\n", calls);
	free_irq(line, &a_dev);
	pr_info("irq: type %d %x\n", irq_set_irq_type(line, IRQ_TYPE_EDGE_RISING), irq_get_trigger_type(line));
	pr_info("irq: level %d %x\n", irq_set_irq_type(line, IRQ_TYPE_LEVEL_HIGH), irq_get_trigger_type(line));
	pr_info("irq: none %d\n", irq_set_irq_type(4000, IRQ_TYPE_EDGE_RISING));
	pr_info("irq: falling %d\n", request_irq(line, hard, IRQF_TRIGGER_FALLING, "t_fall", &a_dev));
	free_irq(line, &a_dev);
}

static void real(void)
{
	pr_info("irq: request %d\n", request_irq(1, hard, IRQF_SHARED, "t_kbd", &a_dev));
	outb(0xd2, 0x64);
	udelay(50);
	outb(0x1e, 0x60);
	msleep(20);
	pr_info("irq: pressed %d\n", calls > 0);
	free_irq(1, &a_dev);
}

static void soft(void)
{
	tasklet_setup(&later, later_fn);
	pr_info("irq: request %d\n", request_irq(line, scheduler, 0, "t_soft", &a_dev));
	fire();
	tasklet_kill(&later);
	free_irq(line, &a_dev);
}

static void spurious(void)
{
	int i;

	quiet = decline = true;
	pr_info("irq: request %d\n", request_irq(line, hard, 0, "t_spur", &a_dev));
	for (i = 0; i < 1000000 && !irqd_irq_disabled(irq_get_irq_data(line)); i++)
		irq_inject_interrupt(line);
	pr_info("irq: calls %d\n", calls >= 100000);
	calls = 0;
	fire();
	decline = quiet = false;
	enable_irq(line);
	fire();
	free_irq(line, &a_dev);
}

static void probing(void)
{
	unsigned long mask = probe_irq_on();

	pr_info("irq: probe %d\n", mask != 0);
	pr_info("irq: probed %d\n", probe_irq_off(mask));
}

static int __init start(void)
{
	if (!strcmp(what, "basic"))
		basic();
	else if (!strcmp(what, "shared"))
		shared();
	else if (!strcmp(what, "thread"))
		thread();
	else if (!strcmp(what, "nesting"))
		nesting();
	else if (!strcmp(what, "real"))
		real();
	else if (!strcmp(what, "soft"))
		soft();
	else if (!strcmp(what, "spurious"))
		spurious();
	else if (!strcmp(what, "probe"))
		probing();
	else if (!strcmp(what, "sleep") || !strcmp(what, "enable") || !strcmp(what, "free") || !strcmp(what, "bogus")) {
		pr_info("irq: request %d\n", request_irq(line, misuse, 0, "t_mis", &a_dev));
		fire();
		if (strcmp(what, "free"))
			free_irq(line, &a_dev);
	} else if (!strcmp(what, "keep")) {
		quiet = true;
		pr_info("irq: %d %d\n", request_threaded_irq(line, hard, threaded, IRQF_SHARED, "t_keep", &a_dev),
			request_irq(10, none, IRQF_SHARED, "t_other", &b_dev));
		pr_info("irq: %d\n", request_irq(line, none, IRQF_SHARED, "t_more", &calls));
		irq_inject_interrupt(line);
	}
	return 0;
}

static void __exit stop(void)
{
	if (!strcmp(what, "keep")) {
		free_irq(line, &a_dev);
		free_irq(line, &calls);
		free_irq(10, &b_dev);
	}
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
