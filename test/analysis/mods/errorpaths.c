// SPDX-License-Identifier: GPL-2.0-only
/* An init with one mistake in its error handling: what= picks it, "good" has none. */
#define pr_fmt(fmt) "errorpaths: " fmt
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *what = "good";
module_param(what, charp, 0);
static int size = 64;
module_param(size, int, 0);
static int ids[4] = { 1, 2, 3, 4 };
static int id_count = 4;
module_param_array(ids, int, &id_count, 0);

#define is(name) (!strcmp(what, name))

static char *buffer;
static struct class *class;
static struct proc_dir_entry *entry;
static struct dentry *debug;

static const struct file_operations fops = { .owner = THIS_MODULE };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "errorpaths", .fops = &fops };

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "shown\n");
	return 0;
}

static void tick(struct timer_list *t)
{
}
static DEFINE_TIMER(timer, tick);

static int __init setup(void)
{
	int err = -ENOMEM;

	debug = debugfs_create_dir("errorpaths", NULL);
	if (is("spin"))
		while (!buffer)
			buffer = kmalloc(32, GFP_KERNEL);
	else
		buffer = kmalloc(48, GFP_KERNEL);
	if (is("null"))
		buffer[3] = 1;
	if (!buffer) {
		if (is("positive")) {
			debugfs_remove(debug);
			return ENOMEM;
		}
		if (is("huge")) {
			debugfs_remove(debug);
			return -5000;
		}
		goto no_buffer;
	}
	class = class_create(THIS_MODULE, "errorpaths");
	if (is("errptr")) {
		if (!class)
			goto no_class;
		buffer[0] = class->name[0];
	}
	if (IS_ERR(class)) {
		err = is("changed") ? -EIO : PTR_ERR(class);
		class = NULL;
		if (is("leak"))
			goto no_buffer;
		if (is("double"))
			kfree(buffer);
		if (is("unregister"))
			misc_deregister(&misc);
		goto no_class;
	}
	err = misc_register(&misc);
	if (err) {
		if (is("left"))
			goto no_class;
		goto no_misc;
	}
	mod_timer(&timer, jiffies + HZ);
	entry = proc_create_single("errorpaths", 0, NULL, show);
	if (!entry && !is("swallow")) {
		err = -ENOMEM;
		if (!is("timer"))
			del_timer_sync(&timer);
		goto no_entry;
	}
	return 0;

no_entry:
	misc_deregister(&misc);
no_misc:
	class_destroy(class);
no_class:
	kfree(buffer);
no_buffer:
	debugfs_remove(debug);
	return err;
}

static void __exit teardown(void)
{
	proc_remove(entry);
	del_timer_sync(&timer);
	if (!is("forget"))
		misc_deregister(&misc);
	class_destroy(class);
	kfree(buffer);
	debugfs_remove(debug);
}

static int __init errorpaths_init(void)
{
	char *room;

	if (size < 0 && !is("unchecked"))
		return -EINVAL;
	room = kzalloc(16, GFP_KERNEL);
	if (!room)
		return -ENOMEM;
	/* Off by as much as the parameter says. */
	if (is("unchecked"))
		room[size < 4096 ? 0 : size]++;
	kfree(room);
	return setup();
}

static void __exit errorpaths_exit(void)
{
	teardown();
}

module_init(errorpaths_init);
module_exit(errorpaths_exit);
MODULE_LICENSE("GPL");
