// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt line is kept when the buffer cannot be had. */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

static int token;
static void *buffer;

static irqreturn_t handle(int irq, void *dev)
{
	return IRQ_NONE;
}

static int __init bug_init(void)
{
	int err = request_irq(5, handle, IRQF_SHARED, "left_irq", &token);

	if (err)
		return err;
	buffer = kmalloc(64, GFP_KERNEL);
	if (!buffer) {
#ifndef SEEDED
		free_irq(5, &token);
#endif
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	free_irq(5, &token);
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
