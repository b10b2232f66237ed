// SPDX-License-Identifier: GPL-2.0
/* Devices registered in all ways; taken away while they are open. */
#define pr_fmt(fmt) "f_gone: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/miscdevice.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

static int d_open(struct inode *i, struct file *f)
{
	pr_info("open %u:%u cdev %d\n", imajor(i) > 200 ? 1 : imajor(i), iminor(i), i->i_cdev != NULL);
	return iminor(i) == 7 ? -EBUSY : 0;
}
static int d_release(struct inode *i, struct file *f)
{
	pr_info("release %u\n", iminor(i));
	return 0;
}
static ssize_t d_read(struct file *f, char __user *b, size_t n, loff_t *p)
{
	pr_info("read\n");
	return simple_read_from_buffer(b, n, p, "gone\n", 5);
}
static const struct file_operations fops = { .owner = THIS_MODULE, .open = d_open, .release = d_release, .read = d_read };
static dev_t devt;
static struct cdev *cdev;
static struct class *cls;
static int major;
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "f_gone_misc", .fops = &fops };
static struct miscdevice taken = { .minor = 1, .name = "f_taken", .fops = &fops };
static char *node(struct device *d, umode_t *mode)
{
	if (mode)
		*mode = 0604;
	return NULL;
}
static int p_show(struct seq_file *m, void *v) { seq_puts(m, "still here\n"); return 0; }
static ssize_t c_write(struct file *f, const char __user *b, size_t n, loff_t *p)
{
	char c;

	if (get_user(c, b))
		return -EFAULT;
	switch (c) {
	case 'm': misc_deregister(&misc); break;
	case 'c': device_destroy(cls, devt); cdev_del(cdev); cdev = NULL; break;
	case 'p': remove_proc_entry("f_gone_text", NULL); break;
	}
	pr_info("took %c away\n", c);
	return n;
}
static const struct proc_ops pops = { .proc_write = c_write };
static int __init f_init(void)
{
	int i, r;

	r = alloc_chrdev_region(&devt, 5, 3, "f_gone");
	pr_info("region %d major %d minor %d\n", r, MAJOR(devt), MINOR(devt));
	pr_info("overlap %d\n", register_chrdev_region(MKDEV(MAJOR(devt), 7), 1, "f_other"));
	pr_info("too large %d\n", register_chrdev_region(MKDEV(512, 0), 1, "f_large"));
	cdev = cdev_alloc();
	cdev->ops = &fops;
	cdev->owner = THIS_MODULE;
	pr_info("cdev_add %d\n", cdev_add(cdev, devt, 3));
	cls = class_create(THIS_MODULE, "f_gone");
	cls->devnode = node;
	for (i = 0; i < 3; i++)
		device_create(cls, NULL, devt + i, NULL, "f_gone!%d", i);
	pr_info("same name %ld\n", PTR_ERR(device_create(cls, NULL, devt, NULL, "f_gone!%d", 0)));
	major = register_chrdev(0, "f_whole", &fops);
	pr_info("register_chrdev %d\n", major);
	pr_info("taken major %d\n", register_chrdev(1, "f_mem", &fops));
	pr_info("misc %d taken %d\n", misc_register(&misc), misc_register(&taken));
	proc_create_single("f_gone_text", 0, NULL, p_show);
	proc_create("f_gone", 0200, NULL, &pops);
	return 0;
}
static void __exit f_exit(void)
{
	remove_proc_entry("f_gone", NULL);
	unregister_chrdev(major, "f_whole");
	device_destroy(cls, devt + 1);
	device_destroy(cls, devt + 2);
	if (cdev)
		cdev_del(cdev);
	class_destroy(cls);
	unregister_chrdev_region(devt, 3);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("gone");
