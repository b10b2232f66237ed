// SPDX-License-Identifier: GPL-2.0
/* File operations as they are called: flush, release, fsync, seeks, iterators, waits. */
#define pr_fmt(fmt) "f_chr: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/timer.h>

static char text[64] = "0123456789abcdef";
static size_t used = 16;

/* plain: everything says that it was called */
static int p_open(struct inode *i, struct file *f)
{
	pr_info("open flags=%o mode=%x pos=%lld size=%lld imode=%o count=%ld name=%s\n",
		f->f_flags & ~O_LARGEFILE, f->f_mode & 0x1f, f->f_pos, i_size_read(i), i->i_mode,
		file_count(f), f->f_path.dentry->d_name.name);
	pr_info("same inode %d, mapping %d, sb %d, rdev %u:%u\n", file_inode(f) == i,
		f->f_mapping == i->i_mapping, i->i_sb != NULL, imajor(i) ? 1 : 0, iminor(i) ? 1 : 0);
	f->private_data = text;
	return 0;
}
static bool quiet;
module_param(quiet, bool, 0);
static int p_flush(struct file *f, fl_owner_t id)
{
	if (quiet)
		return 0;
	pr_info("flush count=%ld owner=%d\n", file_count(f), id == current->files);
	return 0;
}
static int p_release(struct inode *i, struct file *f)
{
	pr_info("release private=%d pos=%lld\n", f->private_data == text, f->f_pos);
	return 0;
}
static ssize_t p_read(struct file *f, char __user *b, size_t n, loff_t *pos)
{
	ssize_t r = simple_read_from_buffer(b, n, pos, text, used);

	pr_info("read %zu at %lld: %zd\n", n, *pos - (r > 0 ? r : 0), r);
	return r;
}
static ssize_t p_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	ssize_t r = simple_write_to_buffer(text, sizeof(text), pos, b, n);

	if (r > 0 && *pos > used)
		used = *pos;
	pr_info("write %zu append=%d nonblock=%d: %zd pos %lld\n", n, !!(f->f_flags & O_APPEND),
		!!(f->f_flags & O_NONBLOCK), r, *pos);
	return r ?: -ENOSPC;
}
static int p_fsync(struct file *f, loff_t a, loff_t b, int data)
{
	pr_info("fsync %lld..%lld data=%d\n", a, b, data);
	return 0;
}
static loff_t p_seek(struct file *f, loff_t o, int w)
{
	loff_t r = fixed_size_llseek(f, o, w, used);

	pr_info("llseek %lld %d: %lld\n", o, w, r);
	return r;
}
static const struct file_operations plain = {
	.owner = THIS_MODULE, .open = p_open, .flush = p_flush, .release = p_release, .read = p_read,
	.write = p_write, .fsync = p_fsync, .llseek = p_seek,
};

/* iterators */
static ssize_t i_read(struct kiocb *c, struct iov_iter *to)
{
	size_t n = iov_iter_count(to), left;
	ssize_t r;

	if (c->ki_pos >= used)
		return 0;
	left = min_t(size_t, n, used - c->ki_pos);
	r = copy_to_iter(text + c->ki_pos, left, to);
	pr_info("read_iter %zu at %lld: %zd, left %zu, user %d\n", n, c->ki_pos, r, iov_iter_count(to),
		user_backed_iter(to));
	c->ki_pos += r;
	return r;
}
static ssize_t i_write(struct kiocb *c, struct iov_iter *from)
{
	size_t n = iov_iter_count(from);
	ssize_t r;

	if (c->ki_flags & IOCB_APPEND)
		c->ki_pos = used;
	if (c->ki_pos >= sizeof(text))
		return -ENOSPC;
	r = copy_from_iter(text + c->ki_pos, min_t(size_t, n, sizeof(text) - c->ki_pos), from);
	pr_info("write_iter %zu at %lld: %zd, left %zu flags %x\n", n, c->ki_pos, r, iov_iter_count(from),
		c->ki_flags & (IOCB_APPEND | IOCB_NOWAIT | IOCB_DIRECT));
	c->ki_pos += r;
	if (c->ki_pos > used)
		used = c->ki_pos;
	return r;
}
static const struct file_operations iter = {
	.owner = THIS_MODULE, .read_iter = i_read, .write_iter = i_write, .llseek = no_llseek,
};

/* waits: a timer puts one byte in, 300 ms after the first who wants it */
static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready, restart_with = -ERESTARTSYS;
module_param(restart_with, int, 0644);
static void fill(struct timer_list *t)
{
	ready = 1;
	wake_up_interruptible_poll(&queue, EPOLLIN | EPOLLRDNORM);
}
static DEFINE_TIMER(timer, fill);
static ssize_t w_read(struct file *f, char __user *b, size_t n, loff_t *pos)
{
	if (!ready && (f->f_flags & O_NONBLOCK))
		return -EAGAIN;
	if (!ready && !timer_pending(&timer) && restart_with == -ERESTARTSYS)
		mod_timer(&timer, jiffies + msecs_to_jiffies(300));
	pr_info("waits\n");
	if (wait_event_interruptible(queue, ready)) {
		pr_info("interrupted, signal %d\n", signal_pending(current));
		return restart_with;
	}
	ready = 0;
	if (put_user('x', b))
		return -EFAULT;
	pr_info("got it\n");
	return 1;
}
static ssize_t w_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	fill(NULL);
	return n;
}
static __poll_t w_poll(struct file *f, poll_table *p)
{
	if (!poll_does_not_wait(p))
		pr_info("poll registers, key %x\n", poll_requested_events(p) & 0x5);
	poll_wait(f, &queue, p);
	if (!ready && !timer_pending(&timer))
		mod_timer(&timer, jiffies + msecs_to_jiffies(300));
	return ready ? EPOLLIN | EPOLLRDNORM : 0;
}
static const struct file_operations wait = {
	.owner = THIS_MODULE, .read = w_read, .write = w_write, .poll = w_poll, .llseek = noop_llseek,
};

/* faults: hands out bad results and bad pointers */
static ssize_t e_read(struct file *f, char __user *b, size_t n, loff_t *pos)
{
	unsigned long left;
	char c;

	switch (n) {
	case 1:
		return copy_to_user((void __user *)8, text, 4) ? -EFAULT : 4;
	case 2:
		return put_user(1, (int __user *)0x1000);
	case 3:
		return get_user(c, (char __user *)~0ul);
	case 4:
		left = clear_user(b, 4);
		pr_info("cleared, left %lu\n", left);
		return 4;
	case 5:
		return -12345;
	case 6:
		return -ENOTTY;
	case 7:
		*pos += 100;
		return 0;
	default:
		return 0;
	}
}
static const struct file_operations fault = { .owner = THIS_MODULE, .read = e_read, .llseek = default_llseek };
static const struct file_operations nothing = { .owner = THIS_MODULE };

static struct miscdevice devs[] = {
	{ .minor = MISC_DYNAMIC_MINOR, .name = "f_plain", .fops = &plain, .mode = 0640 },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "f_iter", .fops = &iter },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "f_wait", .fops = &wait },
	{ .minor = 200, .name = "f_fault", .fops = &fault, .nodename = "sub/fault" },
	{ .minor = MISC_DYNAMIC_MINOR, .name = "f_nothing", .fops = &nothing },
};
static int __init f_init(void)
{
	int i, r;

	for (i = 0; i < ARRAY_SIZE(devs); i++) {
		r = misc_register(&devs[i]);
		if (r)
			return r;
	}
	pr_info("minors %d %d %d %d\n", devs[0].minor, devs[1].minor, devs[2].minor, devs[3].minor);
	return 0;
}
static void __exit f_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(devs); i++)
		misc_deregister(&devs[i]);
	del_timer_sync(&timer);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("file operations");
