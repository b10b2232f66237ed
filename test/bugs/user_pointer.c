// SPDX-License-Identifier: GPL-2.0-only
/* read writes through the user's pointer itself. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

static ssize_t dev_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	if (count < 1)
		return 0;
#ifdef SEEDED
	*(char __force *)to = 'x';
#else
	if (put_user('x', to))
		return -EFAULT;
#endif
	return 1;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .read = dev_read };

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
