// SPDX-License-Identifier: GPL-2.0-only
/* When an interrupt is served that came while interrupts were off. */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>

static int dev, calls;

static irqreturn_t hard(int irq, void *d)
{
	WRITE_ONCE(calls, calls + 1);
	return IRQ_HANDLED;
}

#define SOON asm volatile("nop; nop; nop; nop" ::: "memory")
#define AGAIN(name) pr_info("sti: %s: before %d after %d\n", name, before, after)

static void inject(void)
{
	int ret;

	WRITE_ONCE(calls, 0);
	ret = irq_inject_interrupt(7);
	if (ret)
		pr_info("sti: injected %d\n", ret);
}

static void when(void)
{
	unsigned long flags;
	int before, after;

	local_irq_disable();
	inject();
	before = READ_ONCE(calls);
	local_irq_enable();
	SOON;
	after = READ_ONCE(calls);
	AGAIN("enable");

	local_irq_save(flags);
	inject();
	before = READ_ONCE(calls);
	local_irq_restore(flags);
	SOON;
	after = READ_ONCE(calls);
	AGAIN("restore");

	asm volatile("cli" ::: "memory");
	inject();
	before = READ_ONCE(calls);
	asm volatile("sti" ::: "memory");
	SOON;
	after = READ_ONCE(calls);
	AGAIN("sti");

	asm volatile("pushf; pop %0; cli" : "=r"(flags)::"memory");
	inject();
	before = READ_ONCE(calls);
	asm volatile("push %0; popf" ::"r"(flags) : "memory", "cc");
	SOON;
	after = READ_ONCE(calls);
	AGAIN("popf");

	local_irq_disable();
	inject();
	inject();
	before = READ_ONCE(calls);
	local_irq_enable();
	for (flags = 0; flags < 1000 && !READ_ONCE(calls); flags++)
		;
	after = READ_ONCE(calls);
	AGAIN("twice");
}

static int __init sti_init(void)
{
	int ret = request_irq(7, hard, 0, "sti", &dev);

	pr_info("sti: request %d\n", ret);
	when();
	return ret;
}
static void __exit sti_exit(void)
{
	free_irq(7, &dev);
	pr_info("sti: gone\n");
}
module_init(sti_init);
module_exit(sti_exit);
MODULE_LICENSE("GPL");
