// SPDX-License-Identifier: GPL-2.0-only
/* exit looks at a page that it has given back. */
#include <linux/gfp.h>
#include <linux/module.h>

static u32 *table;

static int __init bug_init(void)
{
	table = (u32 *)__get_free_pages(GFP_KERNEL, 1);
	if (!table)
		return -ENOMEM;
	table[1500] = 4711;
	return 0;
}

static void __exit bug_exit(void)
{
	u32 last;

#ifdef SEEDED
	free_pages((unsigned long)table, 1);
	last = READ_ONCE(table[1500]);
#else
	last = READ_ONCE(table[1500]);
	free_pages((unsigned long)table, 1);
#endif
	pr_info("last %u\n", last);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
