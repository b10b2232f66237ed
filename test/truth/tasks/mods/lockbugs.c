// SPDX-License-Identifier: GPL-2.0-only
/* Locks used wrongly where nothing comes of it: the stock kernel says nothing. */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *what = "none";
module_param(what, charp, 0444);

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
static DEFINE_SPINLOCK(s);
static DECLARE_RWSEM(rw);
static DECLARE_COMPLETION(finished);

struct device_state {
	struct mutex lock;
	struct mutex inner;
	spinlock_t spin;
};

static struct device_state *make(void)
{
	struct device_state *state = kzalloc(sizeof(*state), GFP_KERNEL);

	if (state) {
		mutex_init(&state->lock);
		mutex_init(&state->inner);
		spin_lock_init(&state->spin);
	}
	return state;
}

static void run(int (*fn)(void *), void *data)
{
	kthread_run(fn, data, "helper");
	wait_for_completion(&finished);
}

static int b_then_a(void *unused)
{
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
	complete(&finished);
	return 0;
}

static void abba(void)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	run(b_then_a, NULL);
}

/* The same with locks that two objects have each. */
static void classes(void)
{
	struct device_state *one = make(), *two = make();

	if (one && two) {
		mutex_lock(&one->lock);
		mutex_lock(&one->inner);
		mutex_unlock(&one->inner);
		mutex_unlock(&one->lock);
		mutex_lock(&two->inner);
		mutex_lock(&two->lock);
		mutex_unlock(&two->lock);
		mutex_unlock(&two->inner);
	}
	kfree(one);
	kfree(two);
}

static int unlocks(void *lock)
{
	mutex_unlock(lock);
	complete(&finished);
	return 0;
}

static void timer_fn(struct timer_list *t)
{
	spin_lock(&s);
	spin_unlock(&s);
	complete(&finished);
}

static DEFINE_TIMER(timer, timer_fn);

static void irq_unsafe(void)
{
	spin_lock(&s);
	spin_unlock(&s);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&finished);
}

static void work_fn(struct work_struct *work)
{
	mutex_lock(&a);
}

static DECLARE_WORK(work, work_fn);

static int ends(void *unused)
{
	mutex_lock(&b);
	complete(&finished);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	mutex_lock(&a);
	return 0;
}

static int release(struct inode *inode, struct file *file)
{
	mutex_unlock(&a);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
};

static struct miscdevice misc = { MISC_DYNAMIC_MINOR, "lockbugs", &fops };

static int __init lockbugs_init(void)
{
	struct device_state *state;

	if (!strcmp(what, "abba")) {
		abba();
	} else if (!strcmp(what, "classes")) {
		classes();
	} else if (!strcmp(what, "other")) {
		mutex_lock(&a);
		run(unlocks, &a);
	} else if (!strcmp(what, "notheld")) {
		mutex_unlock(&a);
	} else if (!strcmp(what, "freed")) {
		state = make();
		mutex_lock(&state->lock);
		kfree(state);
	} else if (!strcmp(what, "again")) {
		mutex_lock(&a);
		mutex_init(&a);
	} else if (!strcmp(what, "irq")) {
		irq_unsafe();
	} else if (!strcmp(what, "work")) {
		schedule_work(&work);
		flush_work(&work);
	} else if (!strcmp(what, "thread")) {
		run(ends, NULL);
	} else if (!strcmp(what, "init")) {
		down_read(&rw);
	} else if (!strcmp(what, "readtwice")) {
		down_read(&rw);
		down_read(&rw);
		up_read(&rw);
		up_read(&rw);
	} else if (!strcmp(what, "rcu")) {
		rcu_read_lock();
	} else if (!strcmp(what, "user")) {
		return misc_register(&misc);
	}
	pr_info("%s\n", what);
	return 0;
}

static void __exit lockbugs_exit(void)
{
	if (!strcmp(what, "user"))
		misc_deregister(&misc);
	if (!strcmp(what, "exit"))
		mutex_lock(&a);
}

module_init(lockbugs_init);
module_exit(lockbugs_exit);
MODULE_LICENSE("GPL");
