// SPDX-License-Identifier: GPL-2.0
/*
 * kthread - a producer and a consumer, each in a thread of its own.
 *
 * The consumer sleeps on a wait queue until the producer has put something into
 * the box. kthread_stop() wakes a thread, and returns what its function returned;
 * a thread must look at kthread_should_stop() wherever it waits.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(filled);
static DEFINE_SPINLOCK(lock);
static int box[8];
static unsigned int in, out;

static struct task_struct *producer, *consumer;

static bool take(int *item)
{
	bool found;

	spin_lock(&lock);
	found = out != in;
	if (found)
		*item = box[out++ % ARRAY_SIZE(box)];
	spin_unlock(&lock);
	return found;
}

static int produce(void *data)
{
	int item = 0;

	while (!kthread_should_stop() && item < 5) {
		msleep(20);
		spin_lock(&lock);
		box[in++ % ARRAY_SIZE(box)] = ++item;
		spin_unlock(&lock);
		wake_up(&filled);
	}
	pr_info("kthread: %s made %d\n", current->comm, item);
	while (!kthread_should_stop())
		msleep_interruptible(1000);
	return item;
}

static int consume(void *data)
{
	int item, sum = 0;

	for (;;) {
		wait_event_interruptible(filled, out != in || kthread_should_stop());
		if (!take(&item))
			break;
		sum += item;
		pr_info("kthread: %s got %d\n", current->comm, item);
	}
	return sum;
}

static int __init pair_init(void)
{
	consumer = kthread_run(consume, NULL, "consumer");
	if (IS_ERR(consumer))
		return PTR_ERR(consumer);
	producer = kthread_run(produce, NULL, "producer/%d", 1);
	if (IS_ERR(producer)) {
		kthread_stop(consumer);
		return PTR_ERR(producer);
	}
	pr_info("kthread: started\n");
	return 0;
}

static void __exit pair_exit(void)
{
	int made = kthread_stop(producer);
	int sum = kthread_stop(consumer);

	pr_info("kthread: made %d, sum %d\n", made, sum);
}

module_init(pair_init);
module_exit(pair_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Two threads and a wait queue");
