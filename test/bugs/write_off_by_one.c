// SPDX-License-Identifier: GPL-2.0-only
/* write ends its text one byte behind the buffer. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define SIZE 64

static ssize_t dev_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char *text;

#ifdef SEEDED
	if (count > SIZE)
		return -EINVAL;
#else
	if (count >= SIZE)
		return -EINVAL;
#endif
	text = kmalloc(SIZE, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	if (copy_from_user(text, from, count)) {
		kfree(text);
		return -EFAULT;
	}
	text[count] = 0;
	kfree(text);
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
