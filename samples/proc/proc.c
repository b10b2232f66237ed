// SPDX-License-Identifier: GPL-2.0
/*
 * proc - a list in /proc that can be read and written.
 *
 *	echo add apple > /proc/proc_list
 *	echo remove apple > /proc/proc_list
 *	cat /proc/proc_list
 *
 * Reading goes through a seq_file iterator: start, next, show, stop, with the
 * lock held in between. Writing takes one command a call.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct item {
	struct list_head node;
	unsigned int number;
	char name[32];
};

static LIST_HEAD(items);
static DEFINE_MUTEX(lock);
static unsigned int added;

static void *list_start(struct seq_file *m, loff_t *pos)
{
	mutex_lock(&lock);
	return seq_list_start_head(&items, *pos);
}

static void *list_next(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next(v, &items, pos);
}

static void list_stop(struct seq_file *m, void *v)
{
	mutex_unlock(&lock);
}

static int list_show(struct seq_file *m, void *v)
{
	const struct item *item;

	if (v == &items) {
		seq_puts(m, "number name\n");
		return 0;
	}
	item = list_entry(v, struct item, node);
	seq_printf(m, "%6u %s\n", item->number, item->name);
	return 0;
}

static const struct seq_operations list_ops = {
	.start = list_start,
	.next = list_next,
	.stop = list_stop,
	.show = list_show,
};

static int list_open(struct inode *inode, struct file *file)
{
	return seq_open(file, &list_ops);
}

static int add(const char *name)
{
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	strscpy(item->name, name, sizeof(item->name));
	mutex_lock(&lock);
	item->number = ++added;
	list_add_tail(&item->node, &items);
	mutex_unlock(&lock);
	return 0;
}

static int remove(const char *name)
{
	struct item *item, *next;
	int err = -ENOENT;

	mutex_lock(&lock);
	list_for_each_entry_safe(item, next, &items, node) {
		if (strcmp(item->name, name))
			continue;
		list_del(&item->node);
		kfree(item);
		err = 0;
	}
	mutex_unlock(&lock);
	return err;
}

static ssize_t list_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	char line[64], verb[8], name[32];
	int err;

	if (count >= sizeof(line))
		return -E2BIG;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';
	if (sscanf(line, "%7s %31s", verb, name) != 2)
		return -EINVAL;
	if (!strcmp(verb, "add"))
		err = add(name);
	else if (!strcmp(verb, "remove"))
		err = remove(name);
	else
		err = -EINVAL;
	return err ? err : count;
}

static const struct proc_ops list_proc_ops = {
	.proc_open = list_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = seq_release,
	.proc_write = list_write,
};

static int __init proc_list_init(void)
{
	if (!proc_create("proc_list", 0644, NULL, &list_proc_ops))
		return -ENOMEM;
	pr_info("proc: /proc/proc_list is there\n");
	return 0;
}

static void __exit proc_list_exit(void)
{
	struct item *item, *next;
	unsigned int freed = 0;

	remove_proc_entry("proc_list", NULL);
	list_for_each_entry_safe(item, next, &items, node) {
		list_del(&item->node);
		kfree(item);
		freed++;
	}
	pr_info("proc: %u items freed\n", freed);
}

module_init(proc_list_init);
module_exit(proc_list_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A list in /proc");
