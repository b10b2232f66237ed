// SPDX-License-Identifier: GPL-2.0
/*
 * chardev - a device file that keeps what was written to it.
 *
 *	echo hello > /dev/chardev
 *	cat /dev/chardev
 *
 * class and device_create() make the node in /dev; the cdev ties its number to
 * our functions. Reading starts at the file's position, writing replaces what
 * was there, an ioctl asks for the length or forgets everything.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#define NAME "chardev"
#define CAPACITY 128

#define CHARDEV_LENGTH _IOR('k', 1, int)
#define CHARDEV_CLEAR _IO('k', 2)

static DEFINE_MUTEX(lock);
static char text[CAPACITY];
static size_t length;
static unsigned int opened;

static dev_t number;
static struct cdev cdev;
static struct class *class;

static int chardev_open(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	opened++;
	pr_info("chardev: open number %u\n", opened);
	mutex_unlock(&lock);
	return 0;
}

static int chardev_release(struct inode *inode, struct file *file)
{
	pr_info("chardev: released\n");
	return 0;
}

static ssize_t chardev_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	ssize_t done;

	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	done = simple_read_from_buffer(to, count, pos, text, length);
	mutex_unlock(&lock);
	return done;
}

static ssize_t chardev_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	if (count > CAPACITY)
		return -ENOSPC;
	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	length = 0;
	if (copy_from_user(text, from, count)) {
		mutex_unlock(&lock);
		return -EFAULT;
	}
	length = count;
	mutex_unlock(&lock);
	pr_info("chardev: %zu bytes\n", count);
	return count;
}

static long chardev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case CHARDEV_LENGTH:
		return put_user((int)length, (int __user *)arg);
	case CHARDEV_CLEAR:
		mutex_lock(&lock);
		length = 0;
		mutex_unlock(&lock);
		return 0;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.read = chardev_read,
	.write = chardev_write,
	.unlocked_ioctl = chardev_ioctl,
	.llseek = default_llseek,
};

static int __init chardev_init(void)
{
	struct device *device;
	int err;

	err = alloc_chrdev_region(&number, 0, 1, NAME);
	if (err)
		return err;
	cdev_init(&cdev, &chardev_fops);
	cdev.owner = THIS_MODULE;
	err = cdev_add(&cdev, number, 1);
	if (err)
		goto unregister;
	class = class_create(THIS_MODULE, NAME);
	if (IS_ERR(class)) {
		err = PTR_ERR(class);
		goto delete;
	}
	device = device_create(class, NULL, number, NULL, NAME);
	if (IS_ERR(device)) {
		err = PTR_ERR(device);
		goto destroy;
	}
	pr_info("chardev: ready\n");
	return 0;

destroy:
	class_destroy(class);
delete:
	cdev_del(&cdev);
unregister:
	unregister_chrdev_region(number, 1);
	return err;
}

static void __exit chardev_exit(void)
{
	device_destroy(class, number);
	class_destroy(class);
	cdev_del(&cdev);
	unregister_chrdev_region(number, 1);
	pr_info("chardev: gone\n");
}

module_init(chardev_init);
module_exit(chardev_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A device file that keeps what was written to it");
