// SPDX-License-Identifier: GPL-2.0-only
/* Closing the file frees what the work it started still uses. */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct session { struct delayed_work work; int runs; };

static void run(struct work_struct *work)
{
	struct session *session = container_of(work, struct session, work.work);

	session->runs++;
}

static int dev_open(struct inode *inode, struct file *file)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return -ENOMEM;
	INIT_DELAYED_WORK(&session->work, run);
	file->private_data = session;
	return 0;
}

static ssize_t dev_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct session *session = file->private_data;

	schedule_delayed_work(&session->work, 2);
	return count;
}

static int dev_release(struct inode *inode, struct file *file)
{
	struct session *session = file->private_data;

#ifndef SEEDED
	cancel_delayed_work_sync(&session->work);
#endif
	kfree(session);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.write = dev_write,
	.release = dev_release,
};

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
