// SPDX-License-Identifier: GPL-2.0
/* Twenty calls that can fail, each undone where a later one does: what a whole check takes. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define BUFFERS 8

static unsigned int size = 64;
module_param(size, uint, 0444);

static const struct file_operations fops = { .owner = THIS_MODULE };
static const struct proc_ops proc_ops = {};
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "twenty_misc", .fops = &fops };
static void *buffers[BUFFERS], *object, *area;
static struct kmem_cache *cache;
static unsigned long page;
static int __percpu *counts;
static struct workqueue_struct *queue;
static dev_t number;
static struct cdev *cdev;
static struct class *class;
static struct device *device;
static struct proc_dir_entry *folder;

static void free_buffers(void)
{
	int i;

	for (i = 0; i < BUFFERS; i++)
		kfree(buffers[i]);
}

static int __init twenty_init(void)
{
	int i, error = -ENOMEM;

	if (size == 0 || size > PAGE_SIZE)
		return -EINVAL;
	for (i = 0; i < BUFFERS; i++) {
		buffers[i] = kmalloc(size, GFP_KERNEL);
		if (!buffers[i])
			goto no_buffers;
	}
	cache = kmem_cache_create("twenty", 72, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!cache)
		goto no_buffers;
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!object)
		goto no_object;
	area = vmalloc(3 * PAGE_SIZE);
	if (!area)
		goto no_area;
	page = __get_free_pages(GFP_KERNEL, 0);
	if (!page)
		goto no_page;
	counts = alloc_percpu(int);
	if (!counts)
		goto no_counts;
	queue = alloc_workqueue("twenty", 0, 0);
	if (!queue)
		goto no_queue;
	error = alloc_chrdev_region(&number, 0, 1, "twenty");
	if (error)
		goto no_number;
	error = -ENOMEM;
	cdev = cdev_alloc();
	if (!cdev)
		goto no_cdev;
	cdev->ops = &fops;
	cdev->owner = THIS_MODULE;
	class = class_create(THIS_MODULE, "twenty");
	if (IS_ERR(class)) {
		error = PTR_ERR(class);
		goto no_class;
	}
	device = device_create(class, NULL, number, NULL, "twenty");
	if (IS_ERR(device)) {
		error = PTR_ERR(device);
		goto no_device;
	}
	folder = proc_mkdir("twenty", NULL);
	if (!folder) {
		error = -ENOMEM;
		goto no_folder;
	}
	error = misc_register(&misc);
	if (error)
		goto no_misc;
	pr_info("twenty: ready\n");
	return 0;

no_misc:
	proc_remove(folder);
no_folder:
	device_destroy(class, number);
no_device:
	class_destroy(class);
no_class:
	kobject_put(&cdev->kobj);
no_cdev:
	unregister_chrdev_region(number, 1);
no_number:
	destroy_workqueue(queue);
no_queue:
	free_percpu(counts);
no_counts:
	free_pages(page, 0);
no_page:
	vfree(area);
no_area:
	kmem_cache_free(cache, object);
no_object:
	kmem_cache_destroy(cache);
no_buffers:
	free_buffers();
	return error;
}

static void __exit twenty_exit(void)
{
	misc_deregister(&misc);
	proc_remove(folder);
	device_destroy(class, number);
	class_destroy(class);
	kobject_put(&cdev->kobj);
	unregister_chrdev_region(number, 1);
	destroy_workqueue(queue);
	free_percpu(counts);
	free_pages(page, 0);
	vfree(area);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	free_buffers();
}

module_init(twenty_init);
module_exit(twenty_exit);
MODULE_LICENSE("GPL");
