// SPDX-License-Identifier: GPL-2.0-only
/* hrtimers, timers, tasklets, irq_work, calls on other CPUs, conversions of time. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched/clock.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

static char *what = "hrtimer";
module_param(what, charp, 0444);

static DECLARE_COMPLETION(finished);
static struct hrtimer timer, soft;
static int fired, tries;
static u64 overruns;

static enum hrtimer_restart tick(struct hrtimer *t)
{
	fired++;
	if (fired == 1)
		pr_info("tick: hardirq %d softirq %d active %d callback running %d\n", !!in_hardirq(),
			!!in_serving_softirq(), hrtimer_active(t), hrtimer_callback_running(t));
	if (fired < 4) {
		overruns += hrtimer_forward_now(t, ms_to_ktime(2));
		return HRTIMER_RESTART;
	}
	tries = hrtimer_try_to_cancel(t);
	complete(&finished);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart soft_tick(struct hrtimer *t)
{
	pr_info("soft: hardirq %d softirq %d\n", !!in_hardirq(), !!in_serving_softirq());
	complete(&finished);
	return HRTIMER_NORESTART;
}

static void test_hrtimer(void)
{
	struct hrtimer_sleeper sleeper;

	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = tick;
	pr_info("active %d queued %d\n", hrtimer_active(&timer), hrtimer_is_queued(&timer));
	hrtimer_start(&timer, ms_to_ktime(4), HRTIMER_MODE_REL);
	pr_info("active %d queued %d remaining %d\n", hrtimer_active(&timer), hrtimer_is_queued(&timer),
		ktime_to_ns(hrtimer_get_remaining(&timer)) > 0);
	wait_for_completion(&finished);
	msleep(4);
	pr_info("fired %d overruns %d tries %d active %d\n", fired, overruns >= 3, tries, hrtimer_active(&timer));
	hrtimer_start(&timer, ktime_add_ms(ktime_get(), 500), HRTIMER_MODE_ABS);
	pr_info("forward %llu\n", hrtimer_forward(&timer, ktime_get(), ms_to_ktime(1)));
	pr_info("cancel %d again %d\n", hrtimer_cancel(&timer), hrtimer_cancel(&timer));
	pr_info("forward %llu\n", hrtimer_forward(&timer, ktime_add_ms(hrtimer_get_expires(&timer), 10), ms_to_ktime(3)));
	hrtimer_start(&timer, ms_to_ktime(100), HRTIMER_MODE_REL);
	pr_info("try %d again %d\n", hrtimer_try_to_cancel(&timer), hrtimer_try_to_cancel(&timer));
	hrtimer_init(&soft, CLOCK_REALTIME, HRTIMER_MODE_ABS_SOFT);
	soft.function = soft_tick;
	hrtimer_start(&soft, ktime_add_ms(ktime_get_real(), 3), HRTIMER_MODE_ABS_SOFT);
	wait_for_completion(&finished);
	hrtimer_start_range_ns(&soft, ms_to_ktime(50), 1000, HRTIMER_MODE_REL_SOFT);
	pr_info("queued %d", hrtimer_is_queued(&soft));
	pr_cont(" cancel %d\n", hrtimer_cancel(&soft));
	hrtimer_init_sleeper_on_stack(&sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer_set_expires(&sleeper.timer, ms_to_ktime(5));
	set_current_state(TASK_UNINTERRUPTIBLE);
	hrtimer_sleeper_start_expires(&sleeper, HRTIMER_MODE_REL);
	if (sleeper.task)
		schedule();
	pr_info("slept %d\n", sleeper.task == NULL);
	hrtimer_cancel(&sleeper.timer);
	destroy_hrtimer_on_stack(&sleeper.timer);
	pr_info("resolution %u\n", hrtimer_resolution);
}

static struct timer_list slow;
static int rearm;

static void slow_fn(struct timer_list *t)
{
	fired++;
	if (rearm) {
		rearm--;
		mod_timer(t, jiffies + 2);
	}
}

static void test_timer(void)
{
	timer_setup(&slow, slow_fn, 0);
	pr_info("pending %d mod %d pending %d mod %d\n", timer_pending(&slow), mod_timer(&slow, jiffies + 3),
		timer_pending(&slow), mod_timer(&slow, jiffies + 4));
	msleep(40);
	pr_info("fired %d pending %d del %d\n", fired, timer_pending(&slow), del_timer(&slow));
	rearm = 3;
	mod_timer(&slow, jiffies + 1);
	msleep(80);
	pr_info("fired %d\n", fired);
	pr_info("mod pending %d\n", mod_timer_pending(&slow, jiffies + 1));
	slow.expires = jiffies + 250;
	add_timer(&slow);
	pr_info("reduce %d", timer_reduce(&slow, jiffies + 500));
	pr_cont(" %d", timer_reduce(&slow, jiffies + 1));
	msleep(20);
	pr_cont(" fired %d\n", fired);
	mod_timer(&slow, jiffies + 250);
	pr_info("try %d sync %d\n", try_to_del_timer_sync(&slow), del_timer_sync(&slow));
	mod_timer(&slow, jiffies + 250);
	pr_info("shutdown %d", timer_shutdown_sync(&slow));
	pr_cont(" mod %d pending %d\n", mod_timer(&slow, jiffies + 1), timer_pending(&slow));
}

static void old_fn(unsigned long data)
{
	pr_info("tasklet %lu: softirq %d\n", data, !!in_serving_softirq());
}

static void new_fn(struct tasklet_struct *t)
{
	pr_info("tasklet new: softirq %d\n", !!in_serving_softirq());
}

static DECLARE_TASKLET_OLD(static_old, old_fn);
static struct tasklet_struct old, new;

static void test_tasklet(void)
{
	tasklet_init(&old, old_fn, 42);
	tasklet_setup(&new, new_fn);
	tasklet_schedule(&old);
	tasklet_schedule(&old);
	tasklet_hi_schedule(&new);
	msleep(12);
	pr_info("disabling\n");
	tasklet_disable(&old);
	tasklet_schedule(&old);
	msleep(12);
	pr_info("enabling\n");
	tasklet_enable(&old);
	msleep(12);
	tasklet_disable_nosync(&new);
	pr_info("count %d\n", atomic_read(&new.count));
	tasklet_enable(&new);
	tasklet_unlock_wait(&new);
	tasklet_schedule(&static_old);
	tasklet_kill(&static_old);
	tasklet_kill(&old);
	tasklet_kill(&new);
	local_bh_disable();
	tasklet_schedule(&old);
	pr_info("bh off\n");
	local_bh_enable();
	pr_info("bh on\n");
}

static void irq_fn(struct irq_work *work)
{
	fired++;
	pr_info("irq_work: hardirq %d\n", !!in_hardirq());
}

static void on_cpu(void *info)
{
	pr_info("%s: irqs off %d cpu %d\n", (char *)info, irqs_disabled(), smp_processor_id());
}

static int stopped(void *info)
{
	pr_info("%s: irqs off %d\n", (char *)info, irqs_disabled());
	return 23;
}

static long work_on(void *info)
{
	pr_info("%s\n", (char *)info);
	return 77;
}

static void test_cpus(void)
{
	struct irq_work work;
	call_single_data_t csd;

	init_irq_work(&work, irq_fn);
	pr_info("queue %d\n", irq_work_queue(&work));
	irq_work_sync(&work);
	pr_info("fired %d busy %d\n", fired, irq_work_is_busy(&work));
	on_each_cpu(on_cpu, "each", 1);
	pr_info("single %d\n", smp_call_function_single(0, on_cpu, "single", 1));
	pr_info("none %d\n", smp_call_function_single(5, on_cpu, "none", 1));
	pr_info("any %d\n", smp_call_function_any(cpu_online_mask, on_cpu, "any", 1));
	smp_call_function(on_cpu, "others", 1);
	preempt_disable();
	smp_call_function_many(cpu_online_mask, on_cpu, "many", 1);
	preempt_enable();
	INIT_CSD(&csd, on_cpu, "async");
	pr_info("async %d\n", smp_call_function_single_async(0, &csd));
	pr_info("stop %d\n", stop_machine(stopped, "stopped", NULL));
	pr_info("on cpu %d\n", smp_call_on_cpu(0, stopped, "on_cpu", false));
	pr_info("work %ld\n", work_on_cpu(0, work_on, "work on cpu"));
	cpus_read_lock();
	pr_info("online %u possible %u nr %u\n", num_online_cpus(), num_possible_cpus(), nr_cpu_ids);
	cpus_read_unlock();
	pr_info("cpu %d %d\n", get_cpu(), raw_smp_processor_id());
	put_cpu();
}

static void test_conversions(void)
{
	struct timespec64 ts = ns_to_timespec64(1234567890123ll), real;
	struct tm tm;

	pr_info("ts %lld.%09ld", ts.tv_sec, ts.tv_nsec);
	ts = ns_to_timespec64(-1);
	pr_cont(" %lld.%09ld\n", ts.tv_sec, ts.tv_nsec);
	set_normalized_timespec64(&ts, 5, -3);
	pr_info("normalized %lld.%09ld", ts.tv_sec, ts.tv_nsec);
	set_normalized_timespec64(&ts, 5, 3000000001ll);
	pr_cont(" %lld.%09ld\n", ts.tv_sec, ts.tv_nsec);
	pr_info("mktime %lld\n", mktime64(2024, 2, 29, 12, 30, 15));
	time64_to_tm(1709209815, 3600, &tm);
	pr_info("tm %ld-%d-%d %d:%d:%d wday %d yday %d\n", tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min,
		tm.tm_sec, tm.tm_wday, tm.tm_yday);
	pr_info("jiffies %u %u %lu %lu\n", jiffies_to_msecs(10), jiffies_to_usecs(10), msecs_to_jiffies(7),
		usecs_to_jiffies(4001));
	jiffies_to_timespec64(625, &ts);
	pr_info("ts %lld.%09ld back %lu\n", ts.tv_sec, ts.tv_nsec, timespec64_to_jiffies(&ts));
	pr_info("clock %ld %lu %llu %llu\n", jiffies_to_clock_t(250), clock_t_to_jiffies(100), jiffies64_to_msecs(7),
		jiffies64_to_nsecs(3));
	pr_info("nsecs %lu %llu\n", nsecs_to_jiffies(8000000), nsecs_to_jiffies64(8000000));
	pr_info("round %d %d %d\n", round_jiffies(jiffies + 1000) % 250 == 0, round_jiffies_relative(3) >= 3,
		round_jiffies_up(jiffies) >= jiffies);
	pr_info("ktime order %d\n", ktime_get_raw() <= ktime_get_raw() && ktime_get() <= ktime_get_boottime());
	ktime_get_real_ts64(&real);
	pr_info("real %d\n", abs(real.tv_sec - ktime_get_real_seconds()) <= 1);
	pr_info("tai %lld offset %d\n", ktime_to_ns(ktime_get_clocktai()) / NSEC_PER_SEC - ktime_get_real_seconds() < 2 ? 0ll : 1ll,
		ktime_mono_to_real(0) > 0);
	pr_info("ktime %lld %lld %d\n", ktime_to_us(ns_to_ktime(5000)), ktime_to_ms(ktime_add_us(0, 5000)),
		ktime_add_safe(KTIME_MAX, 5) == KTIME_MAX);
	pr_info("sched_clock %d resolution %llu\n", sched_clock() > 0, (u64)ktime_get_resolution_ns() > 0);
}

static int __init timers_init(void)
{
	if (!strcmp(what, "hrtimer"))
		test_hrtimer();
	else if (!strcmp(what, "timer"))
		test_timer();
	else if (!strcmp(what, "tasklet"))
		test_tasklet();
	else if (!strcmp(what, "cpus"))
		test_cpus();
	else if (!strcmp(what, "conversions"))
		test_conversions();
	return 0;
}

static void __exit timers_exit(void)
{
}

module_init(timers_init);
module_exit(timers_exit);
MODULE_LICENSE("GPL");
