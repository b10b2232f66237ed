// SPDX-License-Identifier: GPL-2.0-only
/* An array filled in a loop; the error path frees from the wrong end. */
#include <linux/module.h>
#include <linux/slab.h>

#define COUNT 6
static void *slots[COUNT];

static void empty(int count)
{
	while (count-- > 0)
		kfree(slots[count]);
}

static int __init bug_init(void)
{
	int i;

	for (i = 0; i < COUNT; i++) {
		slots[i] = kzalloc(64, GFP_KERNEL);
		if (!slots[i]) {
#ifdef SEEDED
			empty(i - 1);
#else
			empty(i);
#endif
			return -ENOMEM;
		}
	}
	return 0;
}

static void __exit bug_exit(void)
{
	empty(COUNT);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
