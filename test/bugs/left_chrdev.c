// SPDX-License-Identifier: GPL-2.0-only
/* Exit forgets the character device. */
#include <linux/fs.h>
#include <linux/module.h>

static int major;
static const struct file_operations fops = { .owner = THIS_MODULE };

static int __init bug_init(void)
{
	major = register_chrdev(0, "left_chrdev", &fops);
	return major < 0 ? major : 0;
}

static void __exit bug_exit(void)
{
#ifndef SEEDED
	unregister_chrdev(major, "left_chrdev");
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
