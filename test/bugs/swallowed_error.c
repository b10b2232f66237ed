// SPDX-License-Identifier: GPL-2.0-only
/* The error of alloc_chrdev_region is printed and forgotten. */
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/module.h>

static dev_t number;
static struct cdev cdev;
static const struct file_operations fops = { .owner = THIS_MODULE };

static int __init bug_init(void)
{
	int err = alloc_chrdev_region(&number, 0, 1, "swallowed");

	if (err) {
		pr_err("no numbers\n");
#ifdef SEEDED
		return 0;
#else
		return err;
#endif
	}
	cdev_init(&cdev, &fops);
	cdev.owner = THIS_MODULE;
	err = cdev_add(&cdev, number, 1);
	if (err)
		unregister_chrdev_region(number, 1);
	return err;
}

static void __exit bug_exit(void)
{
	cdev_del(&cdev);
	unregister_chrdev_region(number, 1);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
