// SPDX-License-Identifier: GPL-2.0-only
/* One element too many is cleared. */
#include <linux/module.h>
#include <linux/slab.h>

#define COUNT 10
static u32 *values;

static int __init bug_init(void)
{
	int i;

	values = kmalloc_array(COUNT, sizeof(*values), GFP_KERNEL);
	if (!values)
		return -ENOMEM;
#ifdef SEEDED
	for (i = 0; i <= COUNT; i++)
#else
	for (i = 0; i < COUNT; i++)
#endif
		values[i] = i;
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(values);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
