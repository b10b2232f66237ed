// SPDX-License-Identifier: GPL-2.0-only
/* RCU and SRCU with readers that delay grace periods, percpu_ref, percpu counters. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>
#include <linux/srcu.h>

static char *what = "rcu";
module_param(what, charp, 0444);

static DECLARE_COMPLETION(finished);
static struct rcu_head heads[3];

static void called(struct rcu_head *head)
{
	pr_info("callback %d softirq %d\n", (int)(head - heads), !!in_serving_softirq());
}

static void test_rcu(void)
{
	unsigned long cookie;

	call_rcu(&heads[0], called);
	call_rcu(&heads[1], called);
	pr_info("called\n");
	rcu_barrier();
	pr_info("barrier\n");
	rcu_read_lock();
	pr_info("depth %d\n", rcu_preempt_depth());
	rcu_read_lock();
	pr_info("depth %d\n", rcu_preempt_depth());
	rcu_read_unlock();
	rcu_read_unlock();
	synchronize_rcu();
	synchronize_rcu_expedited();
	cookie = get_state_synchronize_rcu();
	pr_info("poll %d", poll_state_synchronize_rcu(cookie));
	synchronize_rcu();
	pr_cont(" %d", poll_state_synchronize_rcu(cookie));
	cond_synchronize_rcu(cookie);
	cookie = start_poll_synchronize_rcu();
	msleep(100);
	pr_cont(" %d\n", poll_state_synchronize_rcu(cookie));
	pr_info("watching %d\n", rcu_is_watching());
}

DEFINE_STATIC_SRCU(fixed);
static struct srcu_struct own;

static int srcu_reader(void *name)
{
	int index = srcu_read_lock(&own);

	pr_info("%s reads\n", (char *)name);
	msleep(40);
	pr_info("%s has read\n", (char *)name);
	srcu_read_unlock(&own, index);
	complete(&finished);
	return 0;
}

static void test_srcu(void)
{
	unsigned long cookie;
	int index;

	pr_info("init %d\n", init_srcu_struct(&own));
	kthread_run(srcu_reader, "reader", "reader");
	msleep(8);
	synchronize_srcu(&own);
	pr_info("synchronized\n");
	wait_for_completion(&finished);
	call_srcu(&own, &heads[2], called);
	pr_info("called\n");
	srcu_barrier(&own);
	pr_info("barrier\n");
	index = srcu_read_lock(&fixed);
	cookie = start_poll_synchronize_srcu(&fixed);
	msleep(40);
	pr_info("poll %d held %d", poll_state_synchronize_srcu(&fixed, cookie), srcu_read_lock_held(&fixed));
	srcu_read_unlock(&fixed, index);
	msleep(100);
	pr_cont(" %d\n", poll_state_synchronize_srcu(&fixed, cookie));
	synchronize_srcu_expedited(&fixed);
	cleanup_srcu_struct(&own);
	pr_info("cleaned\n");
}

static void released(struct percpu_ref *ref)
{
	pr_info("released\n");
	complete(&finished);
}

static void confirmed(struct percpu_ref *ref)
{
	pr_info("confirmed, dying %d\n", percpu_ref_is_dying(ref));
}

static void test_ref(void)
{
	struct percpu_ref ref;
	struct percpu_counter counter;

	pr_info("init %d\n", percpu_ref_init(&ref, released, PERCPU_REF_ALLOW_REINIT, GFP_KERNEL));
	percpu_ref_get(&ref);
	pr_info("tryget %d zero %d\n", percpu_ref_tryget(&ref), percpu_ref_is_zero(&ref));
	percpu_ref_put(&ref);
	percpu_ref_kill_and_confirm(&ref, confirmed);
	msleep(1000);
	pr_info("dying %d tryget live %d tryget %d\n", percpu_ref_is_dying(&ref), percpu_ref_tryget_live(&ref),
		percpu_ref_tryget(&ref));
	percpu_ref_put(&ref);
	percpu_ref_put(&ref);
	wait_for_completion(&finished);
	pr_info("zero %d\n", percpu_ref_is_zero(&ref));
	percpu_ref_reinit(&ref);
	pr_info("again: tryget live %d\n", percpu_ref_tryget_live(&ref));
	percpu_ref_put(&ref);
	percpu_ref_switch_to_atomic_sync(&ref);
	percpu_ref_get(&ref);
	percpu_ref_switch_to_percpu(&ref);
	percpu_ref_put(&ref);
	percpu_ref_kill(&ref);
	wait_for_completion(&finished);
	percpu_ref_exit(&ref);
	pr_info("counter %d\n", percpu_counter_init(&counter, 5, GFP_KERNEL));
	percpu_counter_add(&counter, 100);
	percpu_counter_inc(&counter);
	percpu_counter_dec(&counter);
	percpu_counter_sub(&counter, 3);
	pr_info("sum %lld read %lld positive %lld compare %d %d\n", percpu_counter_sum(&counter),
		percpu_counter_read(&counter), percpu_counter_read_positive(&counter),
		percpu_counter_compare(&counter, 102), percpu_counter_compare(&counter, 1000));
	percpu_counter_set(&counter, 9);
	pr_info("set %lld init %d\n", percpu_counter_sum(&counter), percpu_counter_initialized(&counter));
	percpu_counter_destroy(&counter);
}

static int __init rcus_init(void)
{
	if (!strcmp(what, "rcu"))
		test_rcu();
	else if (!strcmp(what, "srcu"))
		test_srcu();
	else if (!strcmp(what, "ref"))
		test_ref();
	return 0;
}

static void __exit rcus_exit(void)
{
}

module_init(rcus_init);
module_exit(rcus_exit);
MODULE_LICENSE("GPL");
