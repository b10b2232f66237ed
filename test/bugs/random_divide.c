// SPDX-License-Identifier: GPL-2.0-only
/* A random number is divided by, and may be zero. */
#include <linux/module.h>
#include <linux/random.h>

static int __init bug_init(void)
{
	u32 every = get_random_u32();

#ifndef SEEDED
	every |= 1;
#endif
	pr_info("one in %u\n", 1000000 / every);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
