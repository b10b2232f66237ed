// SPDX-License-Identifier: GPL-2.0
/* Sleeps with preemption off, in every way that modules do: what= names it. */
#define pr_fmt(fmt) "atomic: " fmt
#include <linux/module.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>
#include <linux/rwsem.h>
#include <linux/completion.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/rcupdate.h>
#include <linux/interrupt.h>
#include <linux/uaccess.h>
#include <linux/kmod.h>

static DEFINE_MUTEX(m);
static DEFINE_SEMAPHORE(s);
static DECLARE_RWSEM(rw);
static DECLARE_COMPLETION(c);
static DECLARE_WAIT_QUEUE_HEAD(q);
static int flag;

static int holder(void *d)
{
	mutex_lock(&m); down(&s); down_write(&rw);
	msleep(30);
	up_write(&rw); up(&s); mutex_unlock(&m);
	flag = 1;
	complete(&c);
	wake_up_all(&q);
	return 0;
}
static void ta_timeout(void) { set_current_state(TASK_UNINTERRUPTIBLE); schedule_timeout(2); }
static int runner(void *d) { while (!kthread_should_stop()) msleep(10); return 0; }
static void slow(struct work_struct *w) { msleep(20); }
static DECLARE_WORK(work, slow);
static DECLARE_DELAYED_WORK(dwork, slow);
static struct workqueue_struct *wq;

#define TRY(name, call) do { \
	pr_info("@ %s\n", name); \
	preempt_disable(); call; \
	preempt_count_set(0); \
} while (0)
/* with a thread that holds everything for a while */
#define HELD(name, call) do { \
	flag = 0; reinit_completion(&c); \
	kthread_run(holder, NULL, "t_holder"); msleep(8); \
	TRY(name, call); \
	msleep(60); \
} while (0)
#define preempt_count_set(n) do { preempt_count_ptr_set(n); } while (0)
static void preempt_count_ptr_set(int n) { while (preempt_count() > n) __preempt_count_sub(1); while (preempt_count() < n) __preempt_count_add(1); }

static int __init t_atomic_init(void)
{
	struct task_struct *t;

	TRY("msleep", msleep(5));
	TRY("msleep_interruptible", msleep_interruptible(5));
	TRY("ssleep", ssleep(1));
	TRY("usleep_range_state", usleep_range(50, 100));
	TRY("schedule_timeout", ta_timeout());
	TRY("schedule_timeout_uninterruptible", schedule_timeout_uninterruptible(2));
	TRY("schedule_timeout_interruptible", schedule_timeout_interruptible(2));
	TRY("schedule_timeout_killable", schedule_timeout_killable(2));
	TRY("schedule", schedule());
	TRY("yield", yield());
	HELD("mutex_lock", (mutex_lock(&m), mutex_unlock(&m)));
	HELD("mutex_lock_interruptible", (mutex_lock_interruptible(&m) ? 0 : (mutex_unlock(&m), 0)));
	HELD("mutex_lock_killable", (mutex_lock_killable(&m) ? 0 : (mutex_unlock(&m), 0)));
	HELD("down", (down(&s), up(&s)));
	HELD("down_interruptible", (down_interruptible(&s) ? 0 : (up(&s), 0)));
	HELD("down_timeout", (down_timeout(&s, 100) ? 0 : (up(&s), 0)));
	HELD("down_read", (down_read(&rw), up_read(&rw)));
	HELD("down_write", (down_write(&rw), up_write(&rw)));
	HELD("wait_for_completion", wait_for_completion(&c));
	HELD("wait_for_completion_interruptible", wait_for_completion_interruptible(&c));
	HELD("wait_for_completion_timeout", wait_for_completion_timeout(&c, 100));
	HELD("wait_for_completion_interruptible_timeout", wait_for_completion_interruptible_timeout(&c, 100));
	HELD("wait_for_completion_killable", wait_for_completion_killable(&c));
	HELD("wait_event", wait_event(q, flag));
	HELD("wait_event_timeout", wait_event_timeout(q, flag, 100));
	schedule_work(&work); TRY("flush_work", flush_work(&work));
	schedule_work(&work); msleep(2); TRY("cancel_work_sync", cancel_work_sync(&work));
	schedule_delayed_work(&dwork, 0); msleep(2); TRY("cancel_delayed_work_sync", cancel_delayed_work_sync(&dwork));
	wq = alloc_workqueue("t_wq", 0, 0);
	queue_work(wq, &work); TRY("__flush_workqueue", flush_workqueue(wq));
	queue_work(wq, &work); TRY("drain_workqueue", drain_workqueue(wq));
	destroy_workqueue(wq);
	TRY("kthread_create_on_node", t = kthread_create(runner, NULL, "t_runner"));
	wake_up_process(t); msleep(5);
	TRY("kthread_stop", kthread_stop(t));
	TRY("synchronize_rcu", synchronize_rcu());
	TRY("rcu_barrier", rcu_barrier());
	TRY("synchronize_srcu", ({ static struct srcu_struct ss; init_srcu_struct(&ss); synchronize_srcu(&ss); cleanup_srcu_struct(&ss); }));
	TRY("__request_module", request_module("t_nothing"));
	TRY("__get_user bad", ({ int x; pr_info("get=%d\n", __get_user(x, (int __user *)0xdead000000000000ul)); }));
	pr_info("@ end\n");
	return 0;
}
static void __exit t_atomic_exit(void) { }
module_init(t_atomic_init);
module_exit(t_atomic_exit);
MODULE_LICENSE("GPL");
