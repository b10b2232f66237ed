// SPDX-License-Identifier: GPL-2.0-only
/* The result of kmalloc is used unseen. */
#include <linux/module.h>
#include <linux/slab.h>

struct state { int count; };
static struct state *state;

static int __init bug_init(void)
{
	state = kmalloc(sizeof(*state), GFP_KERNEL);
#ifndef SEEDED
	if (!state)
		return -ENOMEM;
#endif
	state->count = 1;
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(state);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
