// SPDX-License-Identifier: GPL-2.0-only
/* Kernel threads: stop, park, exit, freezer, signals; kthread_worker; work queues; tasks by PID. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

static char *what = "park";
module_param(what, charp, 0444);

static DECLARE_COMPLETION(finished);

static int parked(void *data)
{
	int rounds = 0;

	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			pr_info("parking after %d\n", !!rounds);
			kthread_parkme();
			pr_info("unparked\n");
		}
		rounds++;
		msleep(4);
	}
	return 17;
}

static int exits(void *data)
{
	kthread_complete_and_exit(&finished, 5);
}

static int never(void *data)
{
	pr_info("never runs\n");
	return 3;
}

static int freezes(void *data)
{
	bool was_frozen = true;

	set_freezable();
	pr_info("freezing %d try %d\n", freezing(current), try_to_freeze());
	while (!kthread_freezable_should_stop(&was_frozen))
		schedule_timeout_interruptible(1);
	pr_info("was frozen %d\n", was_frozen);
	return 0;
}

static void test_park(void)
{
	struct task_struct *task = kthread_run(parked, NULL, "parked");

	msleep(12);
	pr_info("park %d\n", kthread_park(task));
	pr_info("state %x flags %d\n", READ_ONCE(task->__state), !!(task->flags & PF_KTHREAD));
	kthread_unpark(task);
	msleep(12);
	pr_info("park again %d\n", kthread_park(task));
	pr_info("stop %d\n", kthread_stop(task));
	task = kthread_run(exits, NULL, "exits");
	wait_for_completion(&finished);
	task = kthread_create(never, NULL, "never/%d", 3);
	pr_info("created %s state %x\n", task->comm, READ_ONCE(task->__state));
	pr_info("stop %d\n", kthread_stop(task));
	task = kthread_create(parked, NULL, "bound");
	kthread_bind(task, 0);
	get_task_struct(task);
	wake_up_process(task);
	pr_info("data %d func %d cpus %d\n", kthread_data(task) == NULL, kthread_func(task) == parked,
		task->nr_cpus_allowed);
	pr_info("stop %d\n", kthread_stop(task));
	put_task_struct(task);
	task = kthread_run(freezes, NULL, "freezes");
	msleep(12);
	pr_info("stop %d\n", kthread_stop(task));
}

static int signalled(void *data)
{
	kernel_siginfo_t info;
	int sig;

	allow_signal(SIGUSR1);
	allow_signal(SIGKILL);
	while (!kthread_should_stop()) {
		long left = schedule_timeout_interruptible(250);

		if (!signal_pending(current))
			continue;
		sig = kernel_dequeue_signal();
		pr_info("woken early %d, signal %d fatal %d\n", left > 100, sig, fatal_signal_pending(current));
		(void)info;
		if (sig == SIGKILL)
			break;
	}
	pr_info("pending %d\n", signal_pending(current));
	send_sig(SIGUSR1, current, 0);
	pr_info("pending %d interruptible %ld\n", signal_pending(current), schedule_timeout_interruptible(10) > 0);
	pr_info("msleep_interruptible %d\n", msleep_interruptible(20) > 0);
	flush_signals(current);
	pr_info("flushed %d\n", signal_pending(current));
	disallow_signal(SIGUSR1);
	send_sig(SIGUSR1, current, 0);
	pr_info("disallowed %d\n", signal_pending(current));
	complete(&finished);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int deaf(void *data)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(250);
	pr_info("deaf: pending %d\n", signal_pending(current));
	return 0;
}

static void test_signals(void)
{
	struct task_struct *task = kthread_run(signalled, NULL, "signalled");
	struct task_struct *other = kthread_run(deaf, NULL, "deaf");
	struct pid *pid;

	msleep(8);
	pr_info("send %d\n", send_sig(SIGUSR1, task, 0));
	msleep(8);
	pid = get_task_pid(task, PIDTYPE_PID);
	pr_info("kill %d same %d\n", kill_pid(pid, SIGUSR1, 1), pid_task(pid, PIDTYPE_PID) == task);
	msleep(8);
	pr_info("kill %d\n", kill_pid(pid, SIGKILL, 1));
	put_pid(pid);
	wait_for_completion(&finished);
	pr_info("stop %d\n", kthread_stop(task));
	send_sig(SIGKILL, other, 1);
	msleep(8);
	pr_info("stop %d\n", kthread_stop(other));
}

static struct kthread_worker *worker;
static int ran;

static void work_fn(struct kthread_work *work)
{
	ran++;
	pr_info("work %d on %s\n", ran, current->comm);
	msleep(8);
}

static DEFINE_KTHREAD_WORK(one, work_fn);
static DEFINE_KTHREAD_WORK(two, work_fn);
static DEFINE_KTHREAD_WORK(other, work_fn);
static DEFINE_KTHREAD_DELAYED_WORK(later, work_fn);

static void test_worker(void)
{
	struct kthread_worker own;
	struct task_struct *task;

	worker = kthread_create_worker(0, "helper/%d", 7);
	pr_info("worker %s\n", worker->task->comm);
	pr_info("queue %d %d %d\n", kthread_queue_work(worker, &one), kthread_queue_work(worker, &one),
		kthread_queue_work(worker, &two));
	kthread_flush_work(&one);
	pr_info("flushed one: %d\n", ran);
	kthread_flush_worker(worker);
	pr_info("flushed all: %d\n", ran);
	pr_info("delayed %d %d\n", kthread_queue_delayed_work(worker, &later, 3),
		kthread_queue_delayed_work(worker, &later, 3));
	pr_info("mod %d\n", kthread_mod_delayed_work(worker, &later, 1));
	msleep(40);
	pr_info("ran %d\n", ran);
	kthread_queue_delayed_work(worker, &later, 250);
	pr_info("cancel %d again %d\n", kthread_cancel_delayed_work_sync(&later),
		kthread_cancel_delayed_work_sync(&later));
	kthread_queue_work(worker, &one);
	pr_info("cancel %d\n", kthread_cancel_work_sync(&one));
	kthread_queue_work(worker, &one);
	msleep(4);
	kthread_queue_work(worker, &two);
	kthread_destroy_worker(worker);
	pr_info("destroyed: %d\n", ran);
	kthread_init_worker(&own);
	task = kthread_run(kthread_worker_fn, &own, "by_hand");
	kthread_queue_work(&own, &other);
	kthread_flush_worker(&own);
	pr_info("by hand: %d task %d\n", ran, own.task == task);
	kthread_stop(task);
}

static void plain_fn(struct work_struct *work);
static DECLARE_WORK(w1, plain_fn);
static DECLARE_WORK(w2, plain_fn);
static DECLARE_DELAYED_WORK(d1, plain_fn);
static struct rcu_work rw;
static struct workqueue_struct *wq;
static int chain;

static void plain_fn(struct work_struct *work)
{
	pr_info("%s starts, current %d\n", work == &w1 ? "w1" : work == &w2 ? "w2" : "other", current_work() == work);
	msleep(work == &w1 ? 40 : 80);
	pr_info("%s ends\n", work == &w1 ? "w1" : work == &w2 ? "w2" : "other");
	if (chain && work == &w1) {
		chain--;
		queue_work(wq, &w1);
	}
}

static void test_wq(void)
{
	wq = alloc_ordered_workqueue("ordered_%d", 0, 1);
	pr_info("queue %d %d %d\n", queue_work(wq, &w1), queue_work(wq, &w2), queue_work(wq, &w1));
	pr_info("busy %u %u\n", work_busy(&w1), work_busy(&w2));
	flush_workqueue(wq);
	pr_info("flushed, busy %u\n", work_busy(&w1));
	chain = 2;
	queue_work(wq, &w1);
	drain_workqueue(wq);
	pr_info("drained, chain %d\n", chain);
	pr_info("delayed %d mod %d pending %d\n", queue_delayed_work(wq, &d1, 250), mod_delayed_work(wq, &d1, 2),
		delayed_work_pending(&d1));
	pr_info("flush %d\n", flush_delayed_work(&d1));
	pr_info("flush again %d\n", flush_delayed_work(&d1));
	queue_delayed_work(wq, &d1, 250);
	pr_info("cancel %d %d\n", cancel_delayed_work(&d1), cancel_delayed_work(&d1));
	queue_delayed_work(wq, &d1, 250);
	pr_info("cancel sync %d %d\n", cancel_delayed_work_sync(&d1), cancel_delayed_work_sync(&d1));
	queue_work(wq, &w1);
	msleep(4);
	pr_info("running: busy %u cancel %d\n", work_busy(&w1), cancel_work(&w1));
	pr_info("cancel sync %d busy %u\n", cancel_work_sync(&w1), work_busy(&w1));
	pr_info("flush work %d\n", flush_work(&w1));
	INIT_RCU_WORK(&rw, plain_fn);
	pr_info("rcu work %d %d\n", queue_rcu_work(wq, &rw), queue_rcu_work(wq, &rw));
	pr_info("flush rcu %d\n", flush_rcu_work(&rw));
	destroy_workqueue(wq);
	wq = alloc_workqueue("parallel", WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	queue_work(wq, &w1);
	queue_work(wq, &w2);
	flush_workqueue(wq);
	destroy_workqueue(wq);
	schedule_work(&w1);
	schedule_delayed_work(&d1, 1);
	flush_work(&w1);
	flush_delayed_work(&d1);
}

static void test_tasks(void)
{
	struct task_struct *task;
	struct pid *pid = find_get_pid(current->pid);
	int init = 0, self = 0, threads = 0;

	rcu_read_lock();
	for_each_process(task) {
		init += task->pid == 1;
		self += task == current;
		threads += task->pid == 2;
	}
	pr_info("init %d self %d kthreadd %d\n", init, self, threads);
	pr_info("vpid %d\n", find_vpid(current->pid) == pid);
	pr_info("task %d\n", pid_task(find_vpid(1), PIDTYPE_PID)->pid);
	pr_info("none %d\n", find_vpid(30000) == NULL);
	rcu_read_unlock();
	task = get_pid_task(pid, PIDTYPE_PID);
	pr_info("task %d nr %d vnr %d\n", task == current, pid_nr(pid) == current->pid,
		task_pid_vnr(current) == current->pid);
	put_task_struct(task);
	put_pid(pid);
	pr_info("parent has pid %d, leader %d, group %d\n", current->real_parent->pid > 0, thread_group_leader(current),
		task_tgid_nr(current) == current->tgid);
	pr_info("swapper %s pid %d\n", init_task.comm, init_task.pid);
	pr_info("kthread %d mm %d\n", !!(current->flags & PF_KTHREAD), current->mm != NULL);
}

static int __init threads_init(void)
{
	if (!strcmp(what, "park"))
		test_park();
	else if (!strcmp(what, "signals"))
		test_signals();
	else if (!strcmp(what, "worker"))
		test_worker();
	else if (!strcmp(what, "wq"))
		test_wq();
	else if (!strcmp(what, "tasks"))
		test_tasks();
	return 0;
}

static void __exit threads_exit(void)
{
}

module_init(threads_init);
module_exit(threads_exit);
MODULE_LICENSE("GPL");
