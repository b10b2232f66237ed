// SPDX-License-Identifier: GPL-2.0-only
/* Every kind of sleeping and spinning lock, used as intended by several threads. */
#include <linux/completion.h>
#include <linux/bit_spinlock.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/ww_mutex.h>
#include <linux/lockref.h>
#include <linux/wait_bit.h>

static char *what = "mutex";
module_param(what, charp, 0444);

static DECLARE_COMPLETION(finished);

static struct task_struct *start(int (*fn)(void *), const char *name, void *data)
{
	struct task_struct *task = kthread_run(fn, data, "%s", name);

	msleep(12);
	return task;
}

/* A mutex that another holds; two that wait get it in turn. */
static DEFINE_MUTEX(m);

static int mutex_thread(void *name)
{
	pr_info("%s wants, trylock %d\n", (char *)name, mutex_trylock(&m));
	mutex_lock(&m);
	pr_info("%s has it, locked %d\n", (char *)name, mutex_is_locked(&m));
	msleep(8);
	mutex_unlock(&m);
	complete(&finished);
	return 0;
}

static void test_mutex(void)
{
	int i;

	mutex_lock(&m);
	start(mutex_thread, "first", "first");
	start(mutex_thread, "second", "second");
	pr_info("releasing\n");
	mutex_unlock(&m);
	for (i = 0; i < 2; i++)
		wait_for_completion(&finished);
	pr_info("interruptible %d killable %d locked %d\n", mutex_lock_interruptible(&m), 0,
		mutex_is_locked(&m));
	mutex_unlock(&m);
	pr_info("killable %d\n", mutex_lock_killable(&m));
	mutex_unlock(&m);
	pr_info("trylock %d, again %d\n", mutex_trylock(&m), mutex_trylock(&m));
	mutex_unlock(&m);
}

static DEFINE_SEMAPHORE(one);
static struct semaphore three;

static int sem_thread(void *name)
{
	int ret = down_interruptible(&one);

	pr_info("%s down %d count %u\n", (char *)name, ret, one.count);
	msleep(8);
	up(&one);
	complete(&finished);
	return 0;
}

static void test_sem(void)
{
	int i;

	sema_init(&three, 3);
	for (i = 0; i < 5; i++)
		pr_info("trylock %d: %d count %u\n", i, down_trylock(&three), three.count);
	pr_info("timeout: %d\n", down_timeout(&three, msecs_to_jiffies(20)));
	up(&three);
	pr_info("timeout: %d killable after up: ", down_timeout(&three, 2));
	up(&three);
	pr_cont("%d\n", down_killable(&three));
	down(&one);
	start(sem_thread, "first", "first");
	start(sem_thread, "second", "second");
	up(&one);
	/* The one that waited has it, though nobody has run yet. */
	pr_info("handed on: trylock %d count %u\n", down_trylock(&one), one.count);
	for (i = 0; i < 2; i++)
		wait_for_completion(&finished);
	pr_info("count %u\n", one.count);
}

static DECLARE_RWSEM(rw);

static int read_thread(void *name)
{
	down_read(&rw);
	pr_info("%s reads\n", (char *)name);
	msleep(20);
	pr_info("%s has read\n", (char *)name);
	up_read(&rw);
	complete(&finished);
	return 0;
}

static int write_thread(void *name)
{
	down_write(&rw);
	pr_info("%s writes\n", (char *)name);
	msleep(20);
	pr_info("%s downgrades\n", (char *)name);
	downgrade_write(&rw);
	msleep(20);
	up_read(&rw);
	complete(&finished);
	return 0;
}

static void test_rwsem(void)
{
	int i;

	down_read(&rw);
	pr_info("locked %d contended %d\n", rwsem_is_locked(&rw), rwsem_is_contended(&rw));
	start(write_thread, "writer", "writer");
	start(read_thread, "reader1", "reader1");
	start(read_thread, "reader2", "reader2");
	pr_info("tries: read %d write %d contended %d\n", down_read_trylock(&rw), down_write_trylock(&rw),
		rwsem_is_contended(&rw));
	up_read(&rw);
	for (i = 0; i < 3; i++)
		wait_for_completion(&finished);
	pr_info("free: write %d", down_write_trylock(&rw));
	pr_cont(" read %d", down_read_trylock(&rw));
	pr_cont(" locked %d\n", rwsem_is_locked(&rw));
	up_write(&rw);
	pr_info("killable: %d %d\n", down_read_killable(&rw), down_read_trylock(&rw));
	up_read(&rw);
	up_read(&rw);
	pr_info("write killable: %d\n", down_write_killable(&rw));
	up_write(&rw);
	pr_info("count %ld\n", atomic_long_read(&rw.count));
}

static DEFINE_RT_MUTEX(rt);

static int rt_thread(void *name)
{
	rt_mutex_lock(&rt);
	pr_info("%s has it\n", (char *)name);
	rt_mutex_unlock(&rt);
	complete(&finished);
	return 0;
}

static void test_rt(void)
{
	rt_mutex_lock(&rt);
	start(rt_thread, "first", "first");
	pr_info("locked %d try %d\n", rt_mutex_base_is_locked(&rt.rtmutex), rt_mutex_trylock(&rt));
	rt_mutex_unlock(&rt);
	wait_for_completion(&finished);
	pr_info("locked %d try %d\n", rt_mutex_base_is_locked(&rt.rtmutex), rt_mutex_trylock(&rt));
	rt_mutex_unlock(&rt);
}

static DEFINE_WW_CLASS(wounding);
static DEFINE_WD_CLASS(dying);
static struct ww_mutex wa, wb;
static DECLARE_COMPLETION(older_waits);

static int ww_thread(void *data)
{
	struct ww_class *class = data;
	struct ww_acquire_ctx ctx;
	int ret;

	ww_acquire_init(&ctx, class);
	pr_info("young: b %d\n", ww_mutex_lock(&wb, &ctx));
	complete(&finished);
	wait_for_completion(&older_waits);
	ret = ww_mutex_lock(&wa, &ctx);
	pr_info("young: a %d\n", ret);
	ww_mutex_unlock(&wb);
	if (ret == -EDEADLK) {
		ww_mutex_lock_slow(&wa, &ctx);
		pr_info("young: a at last, acquired %u\n", ctx.acquired);
	}
	ww_mutex_unlock(&wa);
	ww_acquire_fini(&ctx);
	complete(&finished);
	return 0;
}

static void test_ww(struct ww_class *class)
{
	struct ww_acquire_ctx ctx;

	ww_mutex_init(&wa, class);
	ww_mutex_init(&wb, class);
	ww_acquire_init(&ctx, class);
	pr_info("old: a %d again %d\n", ww_mutex_lock(&wa, &ctx), ww_mutex_lock(&wa, &ctx));
	start(ww_thread, "young", class);
	wait_for_completion(&finished);
	complete(&older_waits);
	msleep(12);
	pr_info("old: b %d acquired %u\n", ww_mutex_lock(&wb, &ctx), ctx.acquired);
	ww_acquire_done(&ctx);
	ww_mutex_unlock(&wb);
	ww_mutex_unlock(&wa);
	ww_acquire_fini(&ctx);
	wait_for_completion(&finished);
	pr_info("try %d locked %d\n", ww_mutex_trylock(&wa, NULL), ww_mutex_is_locked(&wa));
	ww_mutex_unlock(&wa);
}

DEFINE_STATIC_PERCPU_RWSEM(prw);

static int prw_reader(void *name)
{
	percpu_down_read(&prw);
	pr_info("%s reads\n", (char *)name);
	msleep(20);
	percpu_up_read(&prw);
	complete(&finished);
	return 0;
}

static void test_prw(void)
{
	struct percpu_rw_semaphore own;

	pr_info("init %d\n", percpu_init_rwsem(&own));
	percpu_down_read(&own);
	pr_info("try %d\n", percpu_down_read_trylock(&own));
	percpu_up_read(&own);
	percpu_up_read(&own);
	percpu_free_rwsem(&own);
	start(prw_reader, "early", "early");
	percpu_down_write(&prw);
	pr_info("writing, try %d\n", percpu_down_read_trylock(&prw));
	start(prw_reader, "late", "late");
	pr_info("written\n");
	percpu_up_write(&prw);
	wait_for_completion(&finished);
	wait_for_completion(&finished);
	pr_info("try %d\n", percpu_down_read_trylock(&prw));
	percpu_up_read(&prw);
}

static DEFINE_SPINLOCK(s);
static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(r);
static DEFINE_SEQLOCK(q);
static seqcount_t seq = SEQCNT_ZERO(seq);

static void test_spin(void)
{
	unsigned long flags, more;
	unsigned int before;

	spin_lock(&s);
	pr_info("spin: preempt %x irqs off %d locked %d try %d\n", preempt_count(), irqs_disabled(),
		spin_is_locked(&s), spin_trylock(&s));
	spin_unlock(&s);
	spin_lock_irqsave(&s, flags);
	raw_spin_lock_irqsave(&raw, more);
	pr_info("irqsave: preempt %x irqs off %d contended %d\n", preempt_count(), irqs_disabled(),
		spin_is_contended(&s));
	raw_spin_unlock_irqrestore(&raw, more);
	pr_info("irqs off %d\n", irqs_disabled());
	spin_unlock_irqrestore(&s, flags);
	pr_info("preempt %x irqs off %d\n", preempt_count(), irqs_disabled());
	spin_lock_bh(&s);
	pr_info("bh: preempt %x softirq %lx\n", preempt_count(), in_softirq());
	spin_unlock_bh(&s);
	spin_lock_irq(&s);
	pr_info("irq: preempt %x irqs off %d\n", preempt_count(), irqs_disabled());
	spin_unlock_irq(&s);
	pr_info("try %d bh ", spin_trylock(&s));
	spin_unlock(&s);
	pr_cont("%d irqsave ", spin_trylock_bh(&s));
	spin_unlock_bh(&s);
	pr_cont("%d\n", spin_trylock_irqsave(&s, flags));
	spin_unlock_irqrestore(&s, flags);
	read_lock(&r);
	pr_info("rw: preempt %x read again %d write %d cnts %x\n", preempt_count(), read_trylock(&r),
		write_trylock(&r), atomic_read(&r.raw_lock.cnts));
	read_unlock(&r);
	read_unlock(&r);
	write_lock_irqsave(&r, flags);
	pr_info("write: preempt %x read %d write %d cnts %x\n", preempt_count(), read_trylock(&r),
		write_trylock(&r), atomic_read(&r.raw_lock.cnts));
	write_unlock_irqrestore(&r, flags);
	read_lock_bh(&r);
	pr_info("read bh: preempt %x\n", preempt_count());
	read_unlock_bh(&r);
	write_lock_irq(&r);
	pr_info("write irq: preempt %x irqs off %d\n", preempt_count(), irqs_disabled());
	write_unlock_irq(&r);
	before = read_seqbegin(&q);
	write_seqlock(&q);
	pr_info("seq: %u, retry %d\n", q.seqcount.seqcount.sequence, read_seqretry(&q, before));
	write_sequnlock(&q);
	before = read_seqbegin(&q);
	pr_info("seq: %u, retry %d\n", before, read_seqretry(&q, before));
	before = read_seqcount_begin(&seq);
	write_seqcount_begin(&seq);
	write_seqcount_end(&seq);
	pr_info("seqcount: %u, retry %d\n", before, read_seqcount_retry(&seq, before));
}

static unsigned long bits;
static int plain;
static struct lockref ref;

static int bit_thread(void *name)
{
	pr_info("%s waits: %d\n", (char *)name, wait_on_bit(&bits, 3, TASK_UNINTERRUPTIBLE));
	pr_info("%s locks: %d\n", (char *)name, wait_on_bit_lock(&bits, 5, TASK_UNINTERRUPTIBLE));
	complete(&finished);
	return 0;
}

static int var_thread(void *name)
{
	wait_var_event(&plain, plain == 7);
	pr_info("%s sees %d\n", (char *)name, plain);
	complete(&finished);
	return 0;
}

static void test_bits(void)
{
	set_bit(3, &bits);
	set_bit(5, &bits);
	start(bit_thread, "bits", "bits");
	pr_info("timeout: %d\n", wait_on_bit_timeout(&bits, 3, TASK_UNINTERRUPTIBLE, 3));
	clear_bit_unlock(3, &bits);
	smp_mb__after_atomic();
	wake_up_bit(&bits, 3);
	msleep(12);
	clear_and_wake_up_bit(5, &bits);
	wait_for_completion(&finished);
	pr_info("bits %lx\n", bits);
	start(var_thread, "var", "var");
	plain = 7;
	wake_up_var(&plain);
	wait_for_completion(&finished);
	bit_spin_lock(8, &bits);
	pr_info("bit spin: preempt %x bits %lx try %d\n", preempt_count(), bits, bit_spin_trylock(8, &bits));
	bit_spin_unlock(8, &bits);
	spin_lock_init(&ref.lock);
	ref.count = 1;
	lockref_get(&ref);
	pr_info("lockref: %d not zero %d put %d\n", ref.count, lockref_get_not_zero(&ref),
		lockref_put_return(&ref));
	pr_info("lockref: %d put %d", ref.count, lockref_put_not_zero(&ref));
	pr_cont(" or lock %d", lockref_put_or_lock(&ref));
	pr_cont(" locked %d\n", spin_is_locked(&ref.lock));
	lockref_mark_dead(&ref);
	spin_unlock(&ref.lock);
	pr_info("dead: get %d not zero %d\n", lockref_get_not_dead(&ref), lockref_get_not_zero(&ref));
}

static int __init locks_init(void)
{
	if (!strcmp(what, "mutex"))
		test_mutex();
	else if (!strcmp(what, "sem"))
		test_sem();
	else if (!strcmp(what, "rwsem"))
		test_rwsem();
	else if (!strcmp(what, "rt"))
		test_rt();
	else if (!strcmp(what, "wound"))
		test_ww(&wounding);
	else if (!strcmp(what, "die"))
		test_ww(&dying);
	else if (!strcmp(what, "prw"))
		test_prw();
	else if (!strcmp(what, "spin"))
		test_spin();
	else if (!strcmp(what, "bit"))
		test_bits();
	return 0;
}

static void __exit locks_exit(void)
{
}

module_init(locks_init);
module_exit(locks_exit);
MODULE_LICENSE("GPL");
