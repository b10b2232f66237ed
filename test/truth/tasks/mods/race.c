// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread and a work item that both check, then act. With `careful` they do so under a lock. Only
 * when one is interrupted between the two does the other get in.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static bool careful;
module_param(careful, bool, 0444);

static DEFINE_MUTEX(lock);
static DECLARE_COMPLETION(finished);
static char *buffer;

static void take(const char *who)
{
	if (careful)
		mutex_lock(&lock);
	if (buffer) {
		pr_info("%s frees\n", who);
		kfree(buffer);
		buffer = NULL;
	}
	if (careful)
		mutex_unlock(&lock);
}

static int thread(void *unused)
{
	take("thread");
	/* The module may be gone as soon as init knows. */
	kthread_complete_and_exit(&finished, 0);
}

static void work_fn(struct work_struct *work)
{
	take("work");
}

static DECLARE_WORK(work, work_fn);

static int __init race_init(void)
{
	buffer = kmalloc(100, GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	schedule_work(&work);
	if (IS_ERR(kthread_run(thread, NULL, "race"))) {
		flush_work(&work);
		return -ENOMEM;
	}
	wait_for_completion(&finished);
	flush_work(&work);
	pr_info("done\n");
	return 0;
}

static void __exit race_exit(void)
{
}

module_init(race_init);
module_exit(race_exit);
MODULE_LICENSE("GPL");
