// SPDX-License-Identifier: GPL-2.0-only
/* Whoever waits too long for the device gives up, and forgets what it has. */
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>

#define STATUS 0x300
#define READY 0x80

static u8 *state;

static int __init bug_init(void)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(50);

	state = kzalloc(32, GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	while (!(inb(STATUS) & READY)) {
		if (time_after(jiffies, deadline)) {
#ifndef SEEDED
			kfree(state);
#else
			state = NULL;
#endif
			return -ETIMEDOUT;
		}
	}
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(state);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
