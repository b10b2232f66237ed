// SPDX-License-Identifier: GPL-2.0-only
/* ioctl believes the length that comes with the request. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct request { u32 length; u8 data[60]; };
#define SET _IOW('k', 1, struct request)

static u8 *store;

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct request request;

	if (cmd != SET)
		return -ENOTTY;
	if (copy_from_user(&request, (void __user *)arg, sizeof(request)))
		return -EFAULT;
#ifndef SEEDED
	if (request.length > 60)
		return -EINVAL;
#endif
	memcpy(store, request.data, request.length);
	return 0;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .unlocked_ioctl = dev_ioctl };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = KBUILD_MODNAME, .fops = &fops };

static int __init bug_init(void)
{
	int err;

	store = kmalloc(60, GFP_KERNEL);
	if (!store)
		return -ENOMEM;
	err = misc_register(&misc);
	if (err)
		kfree(store);
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
	kfree(store);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
