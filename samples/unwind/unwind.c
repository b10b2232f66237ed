// SPDX-License-Identifier: GPL-2.0
/*
 * unwind - an init that can fail at every step, and cleans up after itself.
 *
 * The pattern: each step has a label that undoes it, and a failure jumps to the
 * label of the step before. "fail=N" makes step N fail; nothing may be left over
 * whatever N is.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static int fail;
module_param(fail, int, 0444);
MODULE_PARM_DESC(fail, "step that fails (1 to 4), 0 for none");

struct state {
	char *buffer;
	struct kmem_cache *cache;
	struct workqueue_struct *queue;
	struct proc_dir_entry *entry;
};

static struct state state;

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "all four steps succeeded\n");
	return 0;
}

static int __init unwind_init(void)
{
	int err = -ENOMEM;

	state.buffer = fail == 1 ? NULL : kzalloc(4096, GFP_KERNEL);
	if (!state.buffer)
		goto failed;
	pr_info("unwind: 1 buffer\n");

	state.cache = fail == 2 ? NULL : kmem_cache_create("unwind", 48, 0, 0, NULL);
	if (!state.cache)
		goto free_buffer;
	pr_info("unwind: 2 cache\n");

	state.queue = fail == 3 ? NULL : alloc_ordered_workqueue("unwind", 0);
	if (!state.queue)
		goto destroy_cache;
	pr_info("unwind: 3 queue\n");

	err = -ENODEV;
	state.entry = fail == 4 ? NULL : proc_create_single("unwind", 0444, NULL, show);
	if (!state.entry)
		goto destroy_queue;
	pr_info("unwind: 4 proc entry\n");
	return 0;

destroy_queue:
	destroy_workqueue(state.queue);
	pr_info("unwind: queue undone\n");
destroy_cache:
	kmem_cache_destroy(state.cache);
	pr_info("unwind: cache undone\n");
free_buffer:
	kfree(state.buffer);
	pr_info("unwind: buffer undone\n");
failed:
	pr_err("unwind: failed with %d\n", err);
	return err;
}

static void __exit unwind_exit(void)
{
	proc_remove(state.entry);
	destroy_workqueue(state.queue);
	kmem_cache_destroy(state.cache);
	kfree(state.buffer);
	pr_info("unwind: all undone\n");
}

module_init(unwind_init);
module_exit(unwind_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Fails halfway, cleanly");
