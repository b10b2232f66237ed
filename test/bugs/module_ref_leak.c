// SPDX-License-Identifier: GPL-2.0-only
/* A reference to the module itself is taken and never dropped. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations fops = { .owner = THIS_MODULE };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "module_ref", .fops = &fops };

static int __init bug_init(void)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = misc_register(&misc);
#ifndef SEEDED
	module_put(THIS_MODULE);
#endif
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
