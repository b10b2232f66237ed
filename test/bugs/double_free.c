// SPDX-License-Identifier: GPL-2.0-only
/* The error path frees what was already freed. */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

static char *name, *value;
static const struct proc_ops ops = { .proc_lseek = noop_llseek };

static int __init bug_init(void)
{
	int err = -ENOMEM;

	name = kstrdup("name", GFP_KERNEL);
	if (!name)
		return err;
	value = kstrdup("value", GFP_KERNEL);
	if (!value)
		goto free_name;
	if (!proc_create("double_free", 0444, NULL, &ops)) {
		kfree(value);
#ifdef SEEDED
		kfree(name);
#endif
		goto free_name;
	}
	return 0;

free_name:
	kfree(name);
	return err;
}

static void __exit bug_exit(void)
{
	remove_proc_entry("double_free", NULL);
	kfree(value);
	kfree(name);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
