// SPDX-License-Identifier: GPL-2.0-only
// Ways never to come to an end.
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *mode = "";
module_param(mode, charp, 0);

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);
static DECLARE_COMPLETION(never_done);
static volatile unsigned long counter;
static volatile int flag;

static noinline int other_way_round(void *unused)
{
	mutex_lock(&second);
	msleep(20);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static noinline void deadlock(void)
{
	kthread_run(other_way_round, NULL, "other");
	mutex_lock(&first);
	msleep(20);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
}

static noinline void lock_twice(void)
{
	mutex_lock(&first);
	mutex_lock(&first);
}

static noinline void spin_twice(void)
{
	spin_lock(&spin);
	spin_lock(&spin);
}

static noinline void loop(void)
{
	while (!flag)
		cpu_relax();
}

static noinline void count(void)
{
	for (;;)
		counter++;
}

static noinline void loop_with_calls(void)
{
	while (!flag)
		kfree(kmalloc(16, GFP_KERNEL));
}

static noinline void loop_with_schedule(void)
{
	while (!flag)
		schedule();
}

static noinline void sleep_for_ever(void)
{
	wait_for_completion(&never_done);
}

static noinline void sleep_and_sleep(void)
{
	while (!flag)
		msleep(1000);
}

static noinline int recurse(int depth)
{
	volatile char room[64];

	room[depth % 64] = depth;
	return recurse(depth + 1) + room[depth % 64];
}

static noinline void allocate(void)
{
	for (;;)
		memset(kmalloc(4096, GFP_KERNEL | __GFP_NOFAIL), 1, 4096);
}

static noinline void allocate_and_try(void)
{
	while (!flag)
		counter += kmalloc(65536, GFP_KERNEL | __GFP_NOWARN) != NULL;
}

static noinline int thread_loop(void *unused)
{
	loop();
	return 0;
}

static int __init never_init(void)
{
	if (!strcmp(mode, "deadlock"))
		deadlock();
	else if (!strcmp(mode, "twice"))
		lock_twice();
	else if (!strcmp(mode, "spin"))
		spin_twice();
	else if (!strcmp(mode, "loop"))
		loop();
	else if (!strcmp(mode, "count"))
		count();
	else if (!strcmp(mode, "calls"))
		loop_with_calls();
	else if (!strcmp(mode, "schedule"))
		loop_with_schedule();
	else if (!strcmp(mode, "sleep"))
		sleep_for_ever();
	else if (!strcmp(mode, "sleeps"))
		sleep_and_sleep();
	else if (!strcmp(mode, "recursion"))
		return recurse(0);
	else if (!strcmp(mode, "memory"))
		allocate();
	else if (!strcmp(mode, "memory-try"))
		allocate_and_try();
	else if (!strcmp(mode, "thread"))
		kthread_run(thread_loop, NULL, "spinner");
	return 0;
}

static void __exit never_exit(void)
{
}

module_init(never_init);
module_exit(never_exit);
MODULE_LICENSE("GPL");
