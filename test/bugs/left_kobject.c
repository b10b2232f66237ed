// SPDX-License-Identifier: GPL-2.0-only
/* The kobject is not put when its file cannot be made. */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static struct kobject *kobj;

static ssize_t value_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sysfs_emit(buf, "1\n");
}

static struct kobj_attribute value = __ATTR_RO(value);

static int __init bug_init(void)
{
	int err;

	kobj = kobject_create_and_add("left_kobject", kernel_kobj);
	if (!kobj)
		return -ENOMEM;
	err = sysfs_create_file(kobj, &value.attr);
#ifndef SEEDED
	if (err)
		kobject_put(kobj);
#endif
	return err;
}

static void __exit bug_exit(void)
{
	kobject_put(kobj);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
