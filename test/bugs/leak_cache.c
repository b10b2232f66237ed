// SPDX-License-Identifier: GPL-2.0-only
/* A slab cache stays when the misc device cannot be registered. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct kmem_cache *cache;
static const struct file_operations fops = { .owner = THIS_MODULE };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "leak_cache", .fops = &fops };

static int __init bug_init(void)
{
	int err;

	cache = kmem_cache_create("leak_cache", 64, 0, 0, NULL);
	if (!cache)
		return -ENOMEM;
	err = misc_register(&misc);
#ifndef SEEDED
	if (err)
		kmem_cache_destroy(cache);
#endif
	return err;
}

static void __exit bug_exit(void)
{
	misc_deregister(&misc);
	kmem_cache_destroy(cache);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
