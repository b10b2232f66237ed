// SPDX-License-Identifier: GPL-2.0-only
/* A decision is taken on memory that was never written. */
#include <linux/module.h>
#include <linux/slab.h>

struct state { int ready; int value; };
static struct state *state;

static int __init bug_init(void)
{
#ifdef SEEDED
	state = kmalloc(sizeof(*state), GFP_KERNEL);
#else
	state = kzalloc(sizeof(*state), GFP_KERNEL);
#endif
	if (!state)
		return -ENOMEM;
	if (state->ready)
		pr_info("ready: %d\n", state->value);
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(state);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
