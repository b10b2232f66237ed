// SPDX-License-Identifier: GPL-2.0
/* fasync, eventfd, anonymous inodes, descriptors, poll tables of the kernel's own: run by writing to /proc/f_async. */
#define pr_fmt(fmt) "f_async: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/file.h>
#include <linux/fdtable.h>
#include <linux/miscdevice.h>
#include <linux/proc_fs.h>
#include <linux/poll.h>
#include <linux/eventfd.h>
#include <linux/anon_inodes.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/slab.h>

static struct fasync_struct *async;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready;

static int d_fasync(int fd, struct file *f, int on)
{
	int r = fasync_helper(fd, f, on, &async);

	pr_info("fasync on=%d: %d list %d\n", on, r, async != NULL);
	return r;
}
static int d_release(struct inode *i, struct file *f)
{
	pr_info("release\n");
	return 0;
}
static __poll_t d_poll(struct file *f, poll_table *p)
{
	poll_wait(f, &queue, p);
	return ready ? EPOLLIN : 0;
}
static ssize_t d_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	return n;
}
static long d_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	pr_info("ioctl %x %lx\n", cmd, arg);
	return cmd == 1 ? 7 : -ENOIOCTLCMD;
}
static const struct file_operations fops = {
	.owner = THIS_MODULE, .fasync = d_fasync, .release = d_release, .poll = d_poll, .write = d_write,
	.unlocked_ioctl = d_ioctl, .compat_ioctl = compat_ptr_ioctl, .llseek = noop_llseek,
};
static struct miscdevice dev = { .minor = MISC_DYNAMIC_MINOR, .name = "f_async", .fops = &fops };

static void sigio(void)
{
	struct file *f = filp_open("/dev/f_async", O_RDWR, 0);

	if (IS_ERR(f))
		return;
	pr_info("f_setown %ld\n", (long)f_setown(f, task_pid_vnr(current), 1));
	f->f_op->fasync(5, f, 1);
	f->f_op->fasync(6, f, 1);
	kill_fasync(&async, SIGIO, POLL_IN);
	pr_info("SIGIO pending %d\n", sigismember(&current->pending.signal, SIGIO) ||
		sigismember(&current->signal->shared_pending.signal, SIGIO));
	filp_close(f, NULL);
}

struct waiter {
	poll_table pt;
	wait_queue_entry_t entry;
	wait_queue_head_t *head;
	int woken;
};
static int woke(wait_queue_entry_t *e, unsigned int mode, int sync, void *key)
{
	struct waiter *w = container_of(e, struct waiter, entry);

	w->woken++;
	pr_info("woken with key %x\n", key_to_poll(key));
	return 0;
}
static void registers(struct file *f, wait_queue_head_t *q, poll_table *p)
{
	struct waiter *w = container_of(p, struct waiter, pt);

	pr_info("registers\n");
	w->head = q;
	init_waitqueue_func_entry(&w->entry, woke);
	add_wait_queue(q, &w->entry);
}
static void polls(void)
{
	struct file *f = filp_open("/dev/f_async", O_RDWR | O_NONBLOCK, 0);
	static struct waiter w;
	__poll_t m;

	w.woken = 0;
	init_poll_funcptr(&w.pt, registers);
	m = vfs_poll(f, &w.pt);
	pr_info("poll %x can %d\n", m, file_can_poll(f));
	ready = 1;
	wake_up_interruptible_poll(&queue, EPOLLIN);
	wake_up_poll(&queue, EPOLLOUT | EPOLLHUP);
	wake_up(&queue);
	w.pt._qproc = NULL;
	pr_info("poll %x woken %d\n", vfs_poll(f, &w.pt), w.woken);
	remove_wait_queue(w.head, &w.entry);
	ready = 0;
	filp_close(f, NULL);
}

static void events(void)
{
	struct file *f;
	struct eventfd_ctx *ctx, *again;
	wait_queue_entry_t e;
	int fd = get_unused_fd_flags(O_CLOEXEC);
	__u64 count = 0;

	pr_info("fd %d\n", fd >= 3);
	put_unused_fd(fd);
	pr_info("fdget of a misc %ld\n", PTR_ERR(eventfd_ctx_fdget(9999)));
	f = filp_open("/dev/f_async", O_RDWR, 0);
	pr_info("fileget of a misc %ld\n", PTR_ERR(eventfd_ctx_fileget(f)));
	pr_info("eventfd_fget of none %ld\n", PTR_ERR(eventfd_fget(9998)));
	filp_close(f, NULL);
	(void)ctx; (void)again; (void)e; (void)count;
}

static int a_release(struct inode *i, struct file *f)
{
	pr_info("anon release private %lx flags %o\n", (long)f->private_data, f->f_flags & O_ACCMODE);
	return 0;
}
static ssize_t a_read(struct file *f, char __user *b, size_t n, loff_t *pos)
{
	pr_info("anon read %zu\n", n);
	return 0;
}
static const struct file_operations anon = { .owner = THIS_MODULE, .release = a_release, .read = a_read };
static void anons(void)
{
	struct file *f, *g;
	int fd;
	char c;
	loff_t pos = 0;

	f = anon_inode_getfile("[f_anon]", &anon, (void *)0x55, O_RDWR);
	pr_info("getfile %d count %ld name %pD\n", !IS_ERR(f), file_count(f), f);
	fd = get_unused_fd_flags(0);
	fd_install(fd, f);
	g = fget(fd);
	pr_info("fget same %d count %ld\n", f == g, file_count(f));
	fput(g);
	pr_info("kernel_read %zd\n", kernel_read(f, &c, 1, &pos));
	pr_info("close_fd %d again %d\n", close_fd(fd), close_fd(fd));
	fd = anon_inode_getfd("[f_more]", &anon, (void *)0x66, O_RDONLY | O_CLOEXEC);
	pr_info("getfd %d\n", fd >= 0);
	pr_info("fget %d\n", fget(12345) != NULL);
}
static void ioctls(void)
{
	struct file *f = filp_open("/dev/f_async", O_RDWR, 0);

	pr_info("ioctl %ld\n", f->f_op->unlocked_ioctl(f, 1, 2));
	pr_info("compat %ld\n", f->f_op->compat_ioctl(f, 2, 0x100000003ul));
	filp_close(f, NULL);
}
static ssize_t c_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	char c;

	if (get_user(c, b))
		return -EFAULT;
	pr_info("-- %c\n", c);
	switch (c) {
	case 's': sigio(); break;
	case 'p': polls(); break;
	case 'e': events(); break;
	case 'a': anons(); break;
	case 'i': ioctls(); break;
	}
	return n;
}
static const struct proc_ops pops = { .proc_write = c_write };
static int __init f_init(void)
{
	misc_register(&dev);
	return proc_create("f_async", 0200, NULL, &pops) ? 0 : -ENOMEM;
}
static void __exit f_exit(void)
{
	remove_proc_entry("f_async", NULL);
	misc_deregister(&dev);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("asynchronous notification");
