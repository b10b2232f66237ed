// SPDX-License-Identifier: GPL-2.0-only
/* Every wait_event macro, woken, timed out and interrupted; wait queues by hand; swait; completions. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/swait.h>
#include <linux/wait.h>

static char *what = "plain";
module_param(what, charp, 0444);

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DECLARE_COMPLETION(finished);
static DEFINE_SPINLOCK(lock);
static int ready;
static int which;
static long answer;

enum {
	PLAIN, FREEZABLE_TIMEOUT, TIMEOUT, CMD, EXCLUSIVE_CMD, INTERRUPTIBLE, INTERRUPTIBLE_TIMEOUT,
	HRTIMEOUT, INTERRUPTIBLE_HRTIMEOUT, INTERRUPTIBLE_EXCLUSIVE, KILLABLE_EXCLUSIVE,
	FREEZABLE_EXCLUSIVE, IDLE, IDLE_EXCLUSIVE, IDLE_TIMEOUT, IDLE_EXCLUSIVE_TIMEOUT,
	INTERRUPTIBLE_LOCKED, KILLABLE, KILLABLE_TIMEOUT, LOCK_IRQ, INTERRUPTIBLE_LOCK_IRQ,
	INTERRUPTIBLE_LOCK_IRQ_TIMEOUT, LOCK_IRQ_TIMEOUT, FREEZABLE, IO_EVENT, LAST
};

static const char *const names[] = {
	"plain", "freezable_timeout", "timeout", "cmd", "exclusive_cmd", "interruptible", "interruptible_timeout",
	"hrtimeout", "interruptible_hrtimeout", "interruptible_exclusive", "killable_exclusive",
	"freezable_exclusive", "idle", "idle_exclusive", "idle_timeout", "idle_exclusive_timeout",
	"interruptible_locked", "killable", "killable_timeout", "lock_irq", "interruptible_lock_irq",
	"interruptible_lock_irq_timeout", "lock_irq_timeout", "freezable", "io"
};

static long wait_one(int kind, long timeout)
{
	long ret = 0;

	switch (kind) {
	case PLAIN: wait_event(queue, ready); break;
	case IO_EVENT: io_wait_event(queue, ready); break;
	case FREEZABLE: ret = wait_event_freezable(queue, ready); break;
	case FREEZABLE_TIMEOUT: ret = wait_event_freezable_timeout(queue, ready, timeout); break;
	case TIMEOUT: ret = wait_event_timeout(queue, ready, timeout); break;
	case CMD: wait_event_cmd(queue, ready, which++, which++); break;
	case EXCLUSIVE_CMD: wait_event_exclusive_cmd(queue, ready, which++, which++); break;
	case INTERRUPTIBLE: ret = wait_event_interruptible(queue, ready); break;
	case INTERRUPTIBLE_TIMEOUT: ret = wait_event_interruptible_timeout(queue, ready, timeout); break;
	case HRTIMEOUT: ret = wait_event_hrtimeout(queue, ready, ms_to_ktime(timeout * 4)); break;
	case INTERRUPTIBLE_HRTIMEOUT:
		ret = wait_event_interruptible_hrtimeout(queue, ready, ms_to_ktime(timeout * 4)); break;
	case INTERRUPTIBLE_EXCLUSIVE: ret = wait_event_interruptible_exclusive(queue, ready); break;
	case KILLABLE_EXCLUSIVE: ret = wait_event_killable_exclusive(queue, ready); break;
	case FREEZABLE_EXCLUSIVE: ret = wait_event_freezable_exclusive(queue, ready); break;
	case IDLE: wait_event_idle(queue, ready); break;
	case IDLE_EXCLUSIVE: wait_event_idle_exclusive(queue, ready); break;
	case IDLE_TIMEOUT: ret = wait_event_idle_timeout(queue, ready, timeout); break;
	case IDLE_EXCLUSIVE_TIMEOUT: ret = wait_event_idle_exclusive_timeout(queue, ready, timeout); break;
	case INTERRUPTIBLE_LOCKED:
		spin_lock(&queue.lock);
		ret = wait_event_interruptible_locked(queue, ready);
		spin_unlock(&queue.lock);
		break;
	case KILLABLE: ret = wait_event_killable(queue, ready); break;
	case KILLABLE_TIMEOUT: ret = wait_event_killable_timeout(queue, ready, timeout); break;
	case LOCK_IRQ:
		spin_lock_irq(&lock);
		wait_event_lock_irq(queue, ready, lock);
		spin_unlock_irq(&lock);
		break;
	case INTERRUPTIBLE_LOCK_IRQ:
		spin_lock_irq(&lock);
		ret = wait_event_interruptible_lock_irq(queue, ready, lock);
		spin_unlock_irq(&lock);
		break;
	case INTERRUPTIBLE_LOCK_IRQ_TIMEOUT:
		spin_lock_irq(&lock);
		ret = wait_event_interruptible_lock_irq_timeout(queue, ready, lock, timeout);
		spin_unlock_irq(&lock);
		break;
	case LOCK_IRQ_TIMEOUT:
		spin_lock_irq(&lock);
		ret = wait_event_lock_irq_timeout(queue, ready, lock, timeout);
		spin_unlock_irq(&lock);
		break;
	}
	return ret;
}

static int waiter(void *data)
{
	allow_signal(SIGTERM);
	allow_signal(SIGKILL);
	answer = wait_one((long)data, 250);
	complete(&finished);
	return 0;
}

/* A wait ended by wake_up; where it counts what is left, only whether something is. */
static void woken(int kind)
{
	ready = 0;
	which = 0;
	kthread_run(waiter, (void *)(long)kind, "waiter");
	msleep(8);
	ready = 1;
	if (kind == INTERRUPTIBLE_LOCKED) {
		spin_lock(&queue.lock);
		wake_up_locked(&queue);
		spin_unlock(&queue.lock);
	} else {
		wake_up(&queue);
	}
	wait_for_completion(&finished);
	pr_info("%s: %ld left %d commands %d active %d\n", names[kind], answer > 0 ? 1 : answer,
		answer > 200, which, waitqueue_active(&queue));
}

static const int timed[] = {
	FREEZABLE_TIMEOUT, TIMEOUT, INTERRUPTIBLE_TIMEOUT, HRTIMEOUT, INTERRUPTIBLE_HRTIMEOUT, IDLE_TIMEOUT,
	IDLE_EXCLUSIVE_TIMEOUT, KILLABLE_TIMEOUT, INTERRUPTIBLE_LOCK_IRQ_TIMEOUT, LOCK_IRQ_TIMEOUT
};

static const int signalled[] = {
	INTERRUPTIBLE, INTERRUPTIBLE_TIMEOUT, INTERRUPTIBLE_HRTIMEOUT, INTERRUPTIBLE_EXCLUSIVE,
	FREEZABLE, INTERRUPTIBLE_LOCKED, INTERRUPTIBLE_LOCK_IRQ,
	INTERRUPTIBLE_LOCK_IRQ_TIMEOUT
};

static void test_timeouts(void)
{
	int i;

	ready = 0;
	for (i = 0; i < ARRAY_SIZE(timed); i++) {
		unsigned long before = jiffies;
		long ret = wait_one(timed[i], 3);

		pr_info("%s: %ld, long enough %d\n", names[timed[i]], ret, jiffies - before >= 3);
	}
	ready = 1;
	for (i = 0; i < ARRAY_SIZE(timed); i++)
		pr_info("%s: ready %ld\n", names[timed[i]], wait_one(timed[i], 3));
}

static void test_signals(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(signalled); i++) {
		struct task_struct *task;

		ready = 0;
		task = kthread_run(waiter, (void *)(long)signalled[i], "waiter");
		msleep(8);
		pr_info("send %d\n", send_sig(SIGTERM, task, 0));
		wait_for_completion(&finished);
		pr_info("%s: %ld active %d\n", names[signalled[i]], answer, waitqueue_active(&queue));
	}
}

/* Two that wait exclusively, and one that does not. */
static int exclusive(void *name)
{
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(&queue, &wait, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	which += *(char *)name;
	complete(&finished);
	return 0;
}

static int shared(void *name)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	which += *(char *)name;
	complete(&finished);
	return 0;
}

static int woken_thread(void *name)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long left;

	add_wait_queue(&queue, &wait);
	left = wait_woken(&wait, TASK_INTERRUPTIBLE, 250);
	pr_info("%s: wait_woken %d\n", (char *)name, left > 200);
	left = wait_woken(&wait, TASK_INTERRUPTIBLE, 2);
	pr_info("%s: wait_woken %ld\n", (char *)name, left);
	remove_wait_queue(&queue, &wait);
	complete(&finished);
	return 0;
}

static void test_queue(void)
{
	which = 0;
	kthread_run(exclusive, "\x01", "first");
	msleep(8);
	kthread_run(exclusive, "\x02", "second");
	msleep(8);
	kthread_run(shared, "\x10", "shared");
	msleep(8);
	pr_info("sleepers %d exclusive %d\n", waitqueue_active(&queue), wq_has_single_sleeper(&queue));
	wake_up(&queue);
	msleep(8);
	pr_info("woken %x, again\n", which);
	wake_up_interruptible(&queue);
	msleep(8);
	pr_info("woken %x, all\n", which);
	wake_up_all(&queue);
	msleep(8);
	pr_info("woken %x, active %d done %u\n", which, waitqueue_active(&queue), finished.done);
	reinit_completion(&finished);
	kthread_run(woken_thread, "woken", "woken");
	msleep(8);
	wake_up_interruptible_sync(&queue);
	wait_for_completion(&finished);
}

static DECLARE_SWAIT_QUEUE_HEAD(simple);

static int swaiter(void *name)
{
	swait_event_exclusive(simple, ready);
	pr_info("%s: %d\n", (char *)name, ready);
	complete(&finished);
	return 0;
}

static void test_swait(void)
{
	struct swait_queue_head own;

	init_swait_queue_head(&own);
	pr_info("own active %d\n", swait_active(&own));
	ready = 0;
	kthread_run(swaiter, "first", "first");
	msleep(8);
	kthread_run(swaiter, "second", "second");
	msleep(8);
	ready = 1;
	pr_info("active %d\n", swait_active(&simple));
	swake_up_one(&simple);
	msleep(8);
	ready = 2;
	swake_up_all(&simple);
	wait_for_completion(&finished);
	wait_for_completion(&finished);
	ready = 0;
	pr_info("timeout %ld\n", swait_event_timeout_exclusive(simple, ready, 3));
	pr_info("interruptible timeout %ld\n", swait_event_interruptible_timeout_exclusive(simple, ready, 3));
	pr_info("idle timeout %ld\n", swait_event_idle_timeout_exclusive(simple, ready, 3));
	pr_info("active %d\n", swait_active(&simple));
}

static DECLARE_COMPLETION(go);

static int completer(void *name)
{
	pr_info("%s: interruptible %d\n", (char *)name, wait_for_completion_interruptible(&go));
	pr_info("%s: killable %d\n", (char *)name, wait_for_completion_killable(&go));
	pr_info("%s: state %d\n", (char *)name, wait_for_completion_state(&go, TASK_IDLE));
	pr_info("%s: io timeout %d\n", (char *)name, wait_for_completion_io_timeout(&go, 250) > 200);
	pr_info("%s: killable timeout %d\n", (char *)name, wait_for_completion_killable_timeout(&go, 250) > 200);
	complete(&finished);
	return 0;
}

static void test_completion(void)
{
	int i;

	pr_info("timeout %lu interruptible %ld killable %ld try %d done %d\n", wait_for_completion_timeout(&go, 3),
		wait_for_completion_interruptible_timeout(&go, 3), wait_for_completion_killable_timeout(&go, 3),
		try_wait_for_completion(&go), completion_done(&go));
	kthread_run(completer, "completer", "completer");
	for (i = 0; i < 5; i++) {
		msleep(8);
		complete(&go);
	}
	wait_for_completion(&finished);
	complete_all(&go);
	pr_info("all: done %x try %d timeout %lu\n", go.done, try_wait_for_completion(&go),
		wait_for_completion_timeout(&go, 3));
	reinit_completion(&go);
	pr_info("again: done %d\n", completion_done(&go));
}

static void test_sleeps(void)
{
	unsigned long before = jiffies;

	set_current_state(TASK_INTERRUPTIBLE);
	pr_info("timeout %ld state %x\n", schedule_timeout(3), READ_ONCE(current->__state));
	pr_info("running: %ld\n", schedule_timeout(3) > 0);
	pr_info("interruptible %ld\n", schedule_timeout_interruptible(3));
	pr_info("uninterruptible %ld\n", schedule_timeout_uninterruptible(3));
	pr_info("killable %ld\n", schedule_timeout_killable(3));
	pr_info("idle %ld\n", schedule_timeout_idle(3));
	pr_info("zero %ld\n", schedule_timeout_uninterruptible(0));
	pr_info("negative %ld state %x\n", schedule_timeout_interruptible(-1), READ_ONCE(current->__state));
	pr_info("msleep_interruptible %lu\n", msleep_interruptible(10));
	ssleep(1);
	usleep_range(100, 200);
	fsleep(5);
	fsleep(500);
	fsleep(30000);
	udelay(10);
	ndelay(100);
	mdelay(2);
	pr_info("a second %d\n", jiffies - before >= 250);
	set_current_state(TASK_UNINTERRUPTIBLE);
	pr_info("hrtimeout %d\n", schedule_hrtimeout(&(ktime_t){ 2000000 }, HRTIMER_MODE_REL));
	set_current_state(TASK_INTERRUPTIBLE);
	pr_info("range %d\n", schedule_hrtimeout_range(&(ktime_t){ 2000000 }, 1000, HRTIMER_MODE_REL));
	set_current_state(TASK_INTERRUPTIBLE);
	pr_info("zero %d state %x\n", schedule_hrtimeout(&(ktime_t){ 0 }, HRTIMER_MODE_REL),
		READ_ONCE(current->__state));
	yield();
	cond_resched();
	pr_info("state %x\n", READ_ONCE(current->__state));
}

static int __init waits_init(void)
{
	int i;

	if (!strcmp(what, "woken"))
		for (i = 0; i < LAST; i++)
			woken(i);
	else if (!strcmp(what, "timeouts"))
		test_timeouts();
	else if (!strcmp(what, "signals"))
		test_signals();
	else if (!strcmp(what, "queue"))
		test_queue();
	else if (!strcmp(what, "swait"))
		test_swait();
	else if (!strcmp(what, "completion"))
		test_completion();
	else if (!strcmp(what, "sleeps"))
		test_sleeps();
	return 0;
}

static void __exit waits_exit(void)
{
}

module_init(waits_init);
module_exit(waits_exit);
MODULE_LICENSE("GPL");
