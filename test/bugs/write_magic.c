// SPDX-License-Identifier: GPL-2.0-only
/* A command that begins with the right word dereferences NULL. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static ssize_t dev_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char word[8] = "";
	int *gone = NULL;

	if (copy_from_user(word, from, min_t(size_t, count, sizeof(word) - 1)))
		return -EFAULT;
	if (word[0] == 'r' && word[1] == 's' && word[2] == 't') {
#ifdef SEEDED
		return *READ_ONCE(gone);
#else
		return gone ? *gone : -EINVAL;
#endif
	}
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
