// SPDX-License-Identifier: GPL-2.0-only
/* Exit forgets the proc file, whose operations lie in the module. */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "here\n");
	return 0;
}

static int __init bug_init(void)
{
	return proc_create_single("left_proc", 0444, NULL, show) ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	remove_proc_entry("left_proc", NULL);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
