// SPDX-License-Identifier: GPL-2.0-only
/* class_create answers with an error pointer, init looks for NULL. */
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/err.h>
#include <linux/module.h>

static struct class *class;
static struct device *dev;

static int __init bug_init(void)
{
	class = class_create(THIS_MODULE, "err_ptr");
#ifdef SEEDED
	if (!class)
		return -ENOMEM;
#else
	if (IS_ERR(class))
		return PTR_ERR(class);
#endif
	dev = device_create(class, NULL, MKDEV(0, 0), NULL, "err_ptr");
	if (IS_ERR(dev)) {
		class_destroy(class);
		return PTR_ERR(dev);
	}
	return 0;
}

static void __exit bug_exit(void)
{
	device_unregister(dev);
	class_destroy(class);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
