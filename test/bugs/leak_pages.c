// SPDX-License-Identifier: GPL-2.0-only
/* A page is lost when the proc file cannot be made. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

static unsigned long page;
static const struct proc_ops ops = { .proc_lseek = noop_llseek };

static int __init bug_init(void)
{
	page = __get_free_pages(GFP_KERNEL, 1);
	if (!page)
		return -ENOMEM;
	if (!proc_create("leak_pages", 0444, NULL, &ops)) {
#ifndef SEEDED
		free_pages(page, 1);
#endif
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	remove_proc_entry("leak_pages", NULL);
	free_pages(page, 1);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
