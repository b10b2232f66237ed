// SPDX-License-Identifier: GPL-2.0
/* What frees the memory that it stands in, which it may; and memory freed while somebody still needs it. */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static char *what = "";
module_param(what, charp, 0);

struct job {
	long number;
	union {
		struct work_struct work;
		struct delayed_work delayed;
		struct timer_list timer;
		struct hrtimer hrtimer;
		struct tasklet_struct tasklet;
		struct rcu_head rcu;
	};
};

static void do_work(struct work_struct *work)
{
	kfree(container_of(work, struct job, work));
}

/* Queues itself once more before it is freed: a bug. */
static void do_work_again(struct work_struct *work)
{
	schedule_work(work);
	kfree(container_of(work, struct job, work));
}

static void do_delayed(struct work_struct *work)
{
	kfree(container_of(to_delayed_work(work), struct job, delayed));
}

static void do_timer(struct timer_list *timer)
{
	kfree(from_timer((struct job *)NULL, timer, timer));
}

static enum hrtimer_restart do_hrtimer(struct hrtimer *timer)
{
	kfree(container_of(timer, struct job, hrtimer));
	return HRTIMER_NORESTART;
}

static void do_tasklet(struct tasklet_struct *tasklet)
{
	kfree(from_tasklet((struct job *)NULL, tasklet, tasklet));
}

static void do_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct job, rcu));
}

static int __init selffree_init(void)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return -ENOMEM;
	if (!strcmp(what, "work") || !strcmp(what, "early") || !strcmp(what, "again")) {
		INIT_WORK(&job->work, !strcmp(what, "again") ? do_work_again : do_work);
		schedule_work(&job->work);
		if (!strcmp(what, "early"))
			kfree(job);
	} else if (!strcmp(what, "delayed")) {
		INIT_DELAYED_WORK(&job->delayed, do_delayed);
		schedule_delayed_work(&job->delayed, 2);
	} else if (!strcmp(what, "timer")) {
		timer_setup(&job->timer, do_timer, 0);
		mod_timer(&job->timer, jiffies + 2);
	} else if (!strcmp(what, "hrtimer")) {
		hrtimer_init(&job->hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
		job->hrtimer.function = do_hrtimer;
		hrtimer_start(&job->hrtimer, ms_to_ktime(5), HRTIMER_MODE_REL);
	} else if (!strcmp(what, "tasklet")) {
		tasklet_setup(&job->tasklet, do_tasklet);
		tasklet_schedule(&job->tasklet);
	} else if (!strcmp(what, "rcu")) {
		call_rcu(&job->rcu, do_rcu);
	} else {
		kfree(job);
	}
	return 0;
}

static void __exit selffree_exit(void)
{
	rcu_barrier();
}

module_init(selffree_init);
module_exit(selffree_exit);
MODULE_LICENSE("GPL");
