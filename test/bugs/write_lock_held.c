// SPDX-License-Identifier: GPL-2.0-only
/* A refused write returns with the lock held. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

static DEFINE_MUTEX(lock);
static u8 mode;

static ssize_t dev_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	u8 wanted;

	if (count < 1)
		return -EINVAL;
	if (get_user(wanted, (const u8 __user *)from))
		return -EFAULT;
	mutex_lock(&lock);
	if (wanted > '3') {
#ifndef SEEDED
		mutex_unlock(&lock);
#endif
		return -ERANGE;
	}
	mode = wanted;
	mutex_unlock(&lock);
	return count;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .write = dev_write };

static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = KBUILD_MODNAME, .fops = &fops };

static int __init bug_init(void)
{
	return misc_register(&misc);
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
