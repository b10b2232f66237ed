// SPDX-License-Identifier: GPL-2.0-only
/* The device stays registered although init fails afterwards. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *buffer;
static const struct file_operations fops = { .owner = THIS_MODULE };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "left_misc", .fops = &fops };

static int __init bug_init(void)
{
	int err = misc_register(&misc);

	if (err)
		return err;
	buffer = kmalloc(512, GFP_KERNEL);
	if (!buffer) {
#ifndef SEEDED
		misc_deregister(&misc);
#endif
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
	kfree(buffer);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
