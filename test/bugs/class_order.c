// SPDX-License-Identifier: GPL-2.0-only
/* On failure the class goes before its device. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct class *class;
static dev_t number;
static void *buffer;

static void undo(void)
{
#ifdef SEEDED
	class_destroy(class);
	device_destroy(class, number);
#else
	device_destroy(class, number);
	class_destroy(class);
#endif
	unregister_chrdev_region(number, 1);
}

static int __init bug_init(void)
{
	struct device *dev;
	int err = alloc_chrdev_region(&number, 0, 1, "class_order");

	if (err)
		return err;
	class = class_create(THIS_MODULE, "class_order");
	if (IS_ERR(class)) {
		unregister_chrdev_region(number, 1);
		return PTR_ERR(class);
	}
	dev = device_create(class, NULL, number, NULL, "class_order");
	if (IS_ERR(dev)) {
		class_destroy(class);
		unregister_chrdev_region(number, 1);
		return PTR_ERR(dev);
	}
	buffer = kmalloc(32, GFP_KERNEL);
	if (!buffer) {
		undo();
		return -ENOMEM;
	}
	return 0;
}

static void __exit bug_exit(void)
{
	kfree(buffer);
	device_destroy(class, number);
	class_destroy(class);
	unregister_chrdev_region(number, 1);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
