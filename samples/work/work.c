// SPDX-License-Identifier: GPL-2.0
/*
 * work - work done later, by the kernel's worker threads.
 *
 * A work item runs once in process context and may sleep. The shared queue
 * serves most needs; an ordered queue of our own runs its items one at a time, in
 * the order they were queued. Delayed work waits first. Before the module goes,
 * everything must be flushed or cancelled.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/workqueue.h>

struct job {
	struct work_struct work;
	int number;
};

static struct workqueue_struct *queue;
static struct job jobs[3];
static int beats;

static void once(struct work_struct *work)
{
	pr_info("work: once, can sleep: %d\n", !in_atomic());
}
static DECLARE_WORK(once_work, once);

static void numbered(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	/* The first takes longest: only the order of queueing counts. */
	msleep(30 - 10 * job->number);
	pr_info("work: job %d\n", job->number);
}

static void beat(struct work_struct *work)
{
	beats++;
	pr_info("work: beat %d\n", beats);
	schedule_delayed_work(to_delayed_work(work), msecs_to_jiffies(100));
}
static DECLARE_DELAYED_WORK(beat_work, beat);

static int __init work_init(void)
{
	int i;

	queue = alloc_ordered_workqueue("sample", 0);
	if (!queue)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i].number = i;
		INIT_WORK(&jobs[i].work, numbered);
		queue_work(queue, &jobs[i].work);
	}
	schedule_work(&once_work);
	flush_work(&once_work);
	flush_workqueue(queue);
	schedule_delayed_work(&beat_work, msecs_to_jiffies(100));
	pr_info("work: ready\n");
	return 0;
}

static void __exit work_exit(void)
{
	bool waiting = cancel_delayed_work_sync(&beat_work);

	destroy_workqueue(queue);
	pr_info("work: %d beats, one was waiting: %d\n", beats, waiting);
}

module_init(work_init);
module_exit(work_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Work done later");
