// SPDX-License-Identifier: GPL-2.0-only
/* read() believes the length that the device's register tells. */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define BASE 0xfd000000
#define LENGTH 0x04
#define FIFO 0x100
#define MOST 64

static void __iomem *registers;
static u8 *packet;

static ssize_t dev_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	u32 length = readl(registers + LENGTH);

	if (length == 0xffffffff)
		return -ENODEV;
#ifndef SEEDED
	if (length > MOST)
		return -EIO;
#endif
	if (length > 4096)
		return -EIO;
	memcpy_fromio(packet, registers + FIFO, length);
	count = min_t(size_t, count, min_t(u32, length, MOST));
	return copy_to_user(to, packet, count) ? -EFAULT : count;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .read = dev_read };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = KBUILD_MODNAME, .fops = &fops };

static int __init bug_init(void)
{
	int err = -ENOMEM;

	packet = kmalloc(MOST, GFP_KERNEL);
	if (!packet)
		return err;
	registers = ioremap(BASE, 0x2000);
	if (!registers)
		goto free;
	err = misc_register(&misc);
	if (err)
		goto unmap;
	return 0;
unmap:
	iounmap(registers);
free:
	kfree(packet);
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
	iounmap(registers);
	kfree(packet);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
