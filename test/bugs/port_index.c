// SPDX-License-Identifier: GPL-2.0-only
/* init takes the number of a channel from a port, and marks it in a table of four. */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/slab.h>

#define PORT 0x300
#define READY 0x01

static u32 *channels;

static int __init bug_init(void)
{
	u8 status = inb(PORT), channel = inb(PORT + 1);

	if (status == 0xff || !(status & READY))
		return -ENODEV;
#ifndef SEEDED
	if (channel >= 4)
		return -EINVAL;
#endif
	channels = kcalloc(4, sizeof(*channels), GFP_KERNEL);
	if (!channels)
		return -ENOMEM;
	channels[channel & 0x1f] = 1;
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(channels);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
