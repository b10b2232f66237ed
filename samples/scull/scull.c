// SPDX-License-Identifier: GPL-2.0
/*
 * scull - devices that are nothing but memory, and a pipe.
 *
 *	echo hello > /dev/scull0; cat /dev/scull0
 *	cat /dev/scullpipe &  echo hello > /dev/scullpipe
 *
 * /dev/scull0 to scull3 keep what is written to them, in pieces of scull_quantum
 * bytes, until they are opened for writing again. A reader of /dev/scullpipe waits
 * until somebody writes; poll, O_NONBLOCK and signals work as one expects. Once a
 * second a timer counts; /proc/scullmem shows what is used.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define DEVICES 4
#define PIPE_MINOR DEVICES

#define SCULL_SIZE _IOR('s', 1, unsigned long)
#define SCULL_QUANTUM _IOWR('s', 2, int)

static int scull_quantum = 4000;
module_param(scull_quantum, int, 0644);
MODULE_PARM_DESC(scull_quantum, "bytes a piece");
static int scull_pieces = 16;
module_param(scull_pieces, int, 0444);
MODULE_PARM_DESC(scull_pieces, "pieces a device may have");

struct scull_dev {
	struct mutex lock;
	void **pieces;
	int quantum;
	size_t size;
};

static struct scull_dev devices[DEVICES];

static struct {
	struct mutex lock;
	wait_queue_head_t readable;
	char data[64];
	size_t used;
} pipe;

static dev_t first;
static struct cdev memory_cdev, pipe_cdev;
static struct class *class;
static struct timer_list timer;
static unsigned int seconds;

static void scull_trim(struct scull_dev *dev)
{
	int i;

	for (i = 0; dev->pieces && i < scull_pieces; i++)
		kfree(dev->pieces[i]);
	kfree(dev->pieces);
	dev->pieces = NULL;
	dev->size = 0;
	dev->quantum = scull_quantum;
}

static int scull_open(struct inode *inode, struct file *file)
{
	struct scull_dev *dev = &devices[iminor(inode)];

	file->private_data = dev;
	if ((file->f_flags & O_ACCMODE) == O_WRONLY) {
		if (mutex_lock_interruptible(&dev->lock))
			return -ERESTARTSYS;
		scull_trim(dev);
		mutex_unlock(&dev->lock);
	}
	pr_info("scull%u: opened by pid %d (%s)\n", iminor(inode), current->pid, current->comm);
	return 0;
}

static ssize_t scull_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct scull_dev *dev = file->private_data;
	size_t piece, offset;
	ssize_t done = 0;

	if (mutex_lock_interruptible(&dev->lock))
		return -ERESTARTSYS;
	if (*pos >= dev->size)
		goto out;
	piece = (size_t)*pos / dev->quantum;
	offset = (size_t)*pos % dev->quantum;
	count = min3(count, dev->size - (size_t)*pos, dev->quantum - offset);
	if (!dev->pieces[piece])
		goto out;
	done = -EFAULT;
	if (copy_to_user(to, dev->pieces[piece] + offset, count))
		goto out;
	*pos += count;
	done = count;
out:
	mutex_unlock(&dev->lock);
	return done;
}

static ssize_t scull_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	struct scull_dev *dev = file->private_data;
	size_t piece, offset;
	ssize_t done = -ENOMEM;

	if (mutex_lock_interruptible(&dev->lock))
		return -ERESTARTSYS;
	piece = (size_t)*pos / dev->quantum;
	offset = (size_t)*pos % dev->quantum;
	if (piece >= scull_pieces) {
		done = -ENOSPC;
		goto out;
	}
	if (!dev->pieces)
		dev->pieces = kcalloc(scull_pieces, sizeof(void *), GFP_KERNEL);
	if (!dev->pieces)
		goto out;
	if (!dev->pieces[piece])
		dev->pieces[piece] = kzalloc(dev->quantum, GFP_KERNEL);
	if (!dev->pieces[piece])
		goto out;
	count = min(count, dev->quantum - offset);
	done = -EFAULT;
	if (copy_from_user(dev->pieces[piece] + offset, from, count))
		goto out;
	*pos += count;
	dev->size = max(dev->size, (size_t)*pos);
	done = count;
out:
	mutex_unlock(&dev->lock);
	return done;
}

static long scull_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct scull_dev *dev = file->private_data;
	int wanted;

	switch (cmd) {
	case SCULL_SIZE:
		return put_user((unsigned long)dev->size, (unsigned long __user *)arg);
	case SCULL_QUANTUM:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		if (get_user(wanted, (int __user *)arg))
			return -EFAULT;
		if (wanted <= 0)
			return -EINVAL;
		swap(wanted, scull_quantum);
		return put_user(wanted, (int __user *)arg);
	}
	return -ENOTTY;
}

static const struct file_operations scull_fops = {
	.owner = THIS_MODULE,
	.open = scull_open,
	.read = scull_read,
	.write = scull_write,
	.llseek = default_llseek,
	.unlocked_ioctl = scull_ioctl,
};

static ssize_t pipe_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	if (mutex_lock_interruptible(&pipe.lock))
		return -ERESTARTSYS;
	while (pipe.used == 0) {
		mutex_unlock(&pipe.lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		pr_info("scullpipe: %s waits\n", current->comm);
		if (wait_event_interruptible(pipe.readable, pipe.used != 0))
			return -ERESTARTSYS;
		if (mutex_lock_interruptible(&pipe.lock))
			return -ERESTARTSYS;
	}
	count = min(count, pipe.used);
	if (copy_to_user(to, pipe.data, count)) {
		mutex_unlock(&pipe.lock);
		return -EFAULT;
	}
	pipe.used -= count;
	memmove(pipe.data, pipe.data + count, pipe.used);
	mutex_unlock(&pipe.lock);
	return count;
}

static ssize_t pipe_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	if (mutex_lock_interruptible(&pipe.lock))
		return -ERESTARTSYS;
	if (pipe.used == sizeof(pipe.data)) {
		mutex_unlock(&pipe.lock);
		return -EAGAIN;
	}
	count = min(count, sizeof(pipe.data) - pipe.used);
	if (copy_from_user(pipe.data + pipe.used, from, count)) {
		mutex_unlock(&pipe.lock);
		return -EFAULT;
	}
	pipe.used += count;
	mutex_unlock(&pipe.lock);
	wake_up_interruptible(&pipe.readable);
	return count;
}

static __poll_t pipe_poll(struct file *file, poll_table *table)
{
	__poll_t ready = 0;

	poll_wait(file, &pipe.readable, table);
	mutex_lock(&pipe.lock);
	if (pipe.used)
		ready |= EPOLLIN | EPOLLRDNORM;
	if (pipe.used < sizeof(pipe.data))
		ready |= EPOLLOUT | EPOLLWRNORM;
	mutex_unlock(&pipe.lock);
	return ready;
}

static const struct file_operations pipe_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.llseek = no_llseek,
};

static int scullmem_show(struct seq_file *s, void *unused)
{
	int i;

	seq_printf(s, "up %u s\n", seconds);
	for (i = 0; i < DEVICES; i++)
		seq_printf(s, "scull%d: %zu bytes, quantum %d\n", i, devices[i].size, devices[i].quantum);
	return 0;
}

static void scull_tick(struct timer_list *unused)
{
	seconds++;
	mod_timer(&timer, timer.expires + HZ);
}

static int __init scull_init(void)
{
	int i, error;

	if (scull_quantum <= 0 || scull_pieces <= 0)
		return -EINVAL;
	error = alloc_chrdev_region(&first, 0, DEVICES + 1, "scull");
	if (error)
		return error;
	for (i = 0; i < DEVICES; i++) {
		mutex_init(&devices[i].lock);
		devices[i].quantum = scull_quantum;
	}
	mutex_init(&pipe.lock);
	init_waitqueue_head(&pipe.readable);
	cdev_init(&memory_cdev, &scull_fops);
	cdev_init(&pipe_cdev, &pipe_fops);
	memory_cdev.owner = pipe_cdev.owner = THIS_MODULE;
	error = cdev_add(&memory_cdev, first, DEVICES);
	if (error)
		goto region;
	error = cdev_add(&pipe_cdev, first + PIPE_MINOR, 1);
	if (error)
		goto memory;
	class = class_create(THIS_MODULE, "scull");
	if (IS_ERR(class)) {
		error = PTR_ERR(class);
		goto pipe;
	}
	error = -ENOMEM;
	if (!proc_create_single("scullmem", 0444, NULL, scullmem_show))
		goto class;
	for (i = 0; i < DEVICES; i++)
		device_create(class, NULL, first + i, NULL, "scull%d", i);
	device_create(class, NULL, first + PIPE_MINOR, NULL, "scullpipe");
	timer_setup(&timer, scull_tick, 0);
	mod_timer(&timer, jiffies + HZ);
	pr_info("scull: %d devices, quantum %d\n", DEVICES, scull_quantum);
	return 0;
class:
	class_destroy(class);
pipe:
	cdev_del(&pipe_cdev);
memory:
	cdev_del(&memory_cdev);
region:
	unregister_chrdev_region(first, DEVICES + 1);
	return error;
}
module_init(scull_init);

static void __exit scull_exit(void)
{
	int i;

	del_timer_sync(&timer);
	for (i = 0; i <= PIPE_MINOR; i++)
		device_destroy(class, first + i);
	remove_proc_entry("scullmem", NULL);
	class_destroy(class);
	cdev_del(&pipe_cdev);
	cdev_del(&memory_cdev);
	unregister_chrdev_region(first, DEVICES + 1);
	for (i = 0; i < DEVICES; i++)
		scull_trim(&devices[i]);
	pr_info("scull: gone\n");
}
module_exit(scull_exit);

MODULE_DESCRIPTION("Devices that are nothing but memory, and a pipe");
MODULE_LICENSE("GPL");
