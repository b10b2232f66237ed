// SPDX-License-Identifier: GPL-2.0
/* Says from where the kernel calls a module: dump_stack() in each kind of callback. */
#define pr_fmt(fmt) "where: " fmt
#include <linux/module.h>
#include <linux/miscdevice.h>
#include <linux/cdev.h>
#include <linux/fs.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/debugfs.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <linux/workqueue.h>
#include <linux/timer.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/irq_work.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/sort.h>
#include <linux/list_sort.h>
#include <linux/slab.h>
#include <linux/delay.h>
#include <linux/sysctl.h>
#include <linux/idr.h>
#include <linux/bsearch.h>

static void here(const char *what)
{
	pr_info("@ %s\n", what);
	dump_stack();
}

/* file operations */
static int w_open(struct inode *i, struct file *f) { here("open"); return 0; }
static int w_release(struct inode *i, struct file *f) { here("release"); return 0; }
static ssize_t w_read(struct file *f, char __user *b, size_t n, loff_t *o)
{ here("read"); if (*o) return 0; *o = 1; return copy_to_user(b, "x", 1) ? -EFAULT : 1; }
static ssize_t w_write(struct file *f, const char __user *b, size_t n, loff_t *o) { here("write"); return n; }
static loff_t w_llseek(struct file *f, loff_t o, int w) { here("llseek"); return 0; }
static long w_ioctl(struct file *f, unsigned int c, unsigned long a) { here("ioctl"); return -ENOTTY; }
static __poll_t w_poll(struct file *f, poll_table *p) { here("poll"); return EPOLLIN; }
static int w_flush(struct file *f, fl_owner_t id) { here("flush"); return 0; }
static int w_fsync(struct file *f, loff_t a, loff_t b, int d) { here("fsync"); return 0; }
static const struct file_operations w_fops = {
	.owner = THIS_MODULE, .open = w_open, .release = w_release, .read = w_read, .write = w_write,
	.llseek = w_llseek, .unlocked_ioctl = w_ioctl, .poll = w_poll, .flush = w_flush, .fsync = w_fsync,
};
static struct miscdevice w_misc = { .minor = MISC_DYNAMIC_MINOR, .name = "t_where", .fops = &w_fops };
static dev_t w_dev;
static struct cdev w_cdev;
static struct class *w_class;

static ssize_t wi_read_iter(struct kiocb *k, struct iov_iter *i) { here("read_iter"); return 0; }
static ssize_t wi_write_iter(struct kiocb *k, struct iov_iter *i) { here("write_iter"); return iov_iter_count(i); }
static const struct file_operations wi_fops = { .owner = THIS_MODULE, .read_iter = wi_read_iter, .write_iter = wi_write_iter };
static struct miscdevice wi_misc = { .minor = MISC_DYNAMIC_MINOR, .name = "t_wherei", .fops = &wi_fops };

/* proc */
static int w_show(struct seq_file *m, void *v) { here("proc single show"); seq_puts(m, "shown\n"); return 0; }
static ssize_t p_read(struct file *f, char __user *b, size_t n, loff_t *o) { here("proc read"); return 0; }
static ssize_t p_write(struct file *f, const char __user *b, size_t n, loff_t *o) { here("proc write"); return n; }
static int p_open(struct inode *i, struct file *f) { here("proc open"); return 0; }
static int p_release(struct inode *i, struct file *f) { here("proc release"); return 0; }
static const struct proc_ops p_ops = { .proc_open = p_open, .proc_release = p_release, .proc_read = p_read, .proc_write = p_write };
static void *s_start(struct seq_file *m, loff_t *o) { here("seq start"); return *o ? NULL : (void *)1; }
static void *s_next(struct seq_file *m, void *v, loff_t *o) { here("seq next"); ++*o; return NULL; }
static void s_stop(struct seq_file *m, void *v) { here("seq stop"); }
static int s_show(struct seq_file *m, void *v) { here("seq show"); seq_puts(m, "row\n"); return 0; }
static const struct seq_operations s_ops = { .start = s_start, .next = s_next, .stop = s_stop, .show = s_show };

/* sysfs, parameters, sysctl, debugfs */
static ssize_t a_show(struct kobject *k, struct kobj_attribute *a, char *b) { here("kobj_attribute show"); return sprintf(b, "1\n"); }
static ssize_t a_store(struct kobject *k, struct kobj_attribute *a, const char *b, size_t n) { here("kobj_attribute store"); return n; }
static struct kobj_attribute w_attr = __ATTR(value, 0644, a_show, a_store);
static struct kobject *w_kobj;
static ssize_t d_show(struct device *d, struct device_attribute *a, char *b) { here("device_attribute show"); return sprintf(b, "2\n"); }
static ssize_t d_store(struct device *d, struct device_attribute *a, const char *b, size_t n) { here("device_attribute store"); return n; }
static DEVICE_ATTR(thing, 0644, d_show, d_store);
static int pset(const char *v, const struct kernel_param *k) { here("param set"); return 0; }
static int pget(char *b, const struct kernel_param *k) { here("param get"); return sprintf(b, "3\n"); }
static const struct kernel_param_ops p_param = { .set = pset, .get = pget };
module_param_cb(cb, &p_param, NULL, 0644);
static int sc_handler(struct ctl_table *t, int w, void *b, size_t *n, loff_t *o) { here(w ? "sysctl write" : "sysctl read"); if (!w) *n = 0; return 0; }
static struct ctl_table w_table[] = { { .procname = "t_where", .mode = 0644, .proc_handler = sc_handler }, {} };
static struct ctl_table_header *w_sysctl;
static int df_get(void *d, u64 *v) { here("debugfs get"); *v = 4; return 0; }
static int df_set(void *d, u64 v) { here("debugfs set"); return 0; }
DEFINE_DEBUGFS_ATTRIBUTE(df_fops, df_get, df_set, "%llu\n");
static struct dentry *w_debug;

/* deferred */
static void wk(struct work_struct *w) { here("work"); }
static DECLARE_WORK(w_work, wk);
static void dwk(struct work_struct *w) { here("delayed work"); }
static DECLARE_DELAYED_WORK(w_dwork, dwk);
static struct workqueue_struct *w_wq;
static void owk(struct work_struct *w) { here("own workqueue"); }
static DECLARE_WORK(w_owork, owk);
static void tm(struct timer_list *t) { here("timer"); }
static DEFINE_TIMER(w_timer, tm);
static enum hrtimer_restart hr(struct hrtimer *t) { here("hrtimer"); return HRTIMER_NORESTART; }
static enum hrtimer_restart hrs(struct hrtimer *t) { here("hrtimer soft"); return HRTIMER_NORESTART; }
static struct hrtimer w_hr, w_hrs;
static void tl(struct tasklet_struct *t) { here("tasklet"); }
static DECLARE_TASKLET(w_tasklet, tl);
static void iw(struct irq_work *w) { here("irq_work"); }
static struct irq_work w_iw;
static void rc(struct rcu_head *h) { here("rcu callback"); }
static struct rcu_head w_rcu;
static int kt(void *d) { here("kthread"); while (!kthread_should_stop()) msleep(10); return 0; }
static void kw(struct kthread_work *w) { here("kthread work"); }
static struct kthread_worker *w_worker;
static DEFINE_KTHREAD_WORK(w_kwork, kw);

/* registration */
static int nb(struct notifier_block *n, unsigned long a, void *d) { here("module notifier"); return 0; }
static struct notifier_block w_nb = { .notifier_call = nb };
static int pr(struct platform_device *p) { here("platform probe"); return 0; }
static int prm(struct platform_device *p) { here("platform remove"); return 0; }
static struct platform_driver w_driver = { .driver = { .name = "t_where_dev" }, .probe = pr, .remove = prm };
static struct platform_device *w_pdev;
static void ctor(void *o) { static int once; if (!once++) here("kmem_cache ctor"); }
static int cmp(const void *a, const void *b) { static int once; if (!once++) here("sort cmp"); return *(int *)a - *(int *)b; }
static int bcmp2(const void *a, const void *b) { static int once; if (!once++) here("bsearch cmp"); return *(int *)a - *(int *)b; }
static int lcmp(void *p, const struct list_head *a, const struct list_head *b) { static int once; if (!once++) here("list_sort cmp"); return 0; }
static int idrf(int id, void *p, void *d) { here("idr_for_each"); return 0; }
static irqreturn_t irqh(int i, void *d) { static int once; if (!once++) here("irq handler"); return IRQ_NONE; }

static int __init t_where_init(void)
{
	int v[3] = { 3, 1, 2 }, key = 2;
	LIST_HEAD(head);
	struct list_head e[2];
	struct kmem_cache *c;
	DEFINE_IDR(idr);
	struct task_struct *t;
	struct device *dev;

	here("init");
	misc_register(&w_misc);
	misc_register(&wi_misc);
	alloc_chrdev_region(&w_dev, 0, 1, "t_wherec");
	cdev_init(&w_cdev, &w_fops);
	cdev_add(&w_cdev, w_dev, 1);
	w_class = class_create(THIS_MODULE, "t_where");
	dev = device_create(w_class, NULL, w_dev, NULL, "t_wherec");
	device_create_file(dev, &dev_attr_thing);
	proc_mkdir("t_where", NULL);
	proc_create_single("t_where/single", 0, NULL, w_show);
	proc_create("t_where/plain", 0666, NULL, &p_ops);
	proc_create_seq("t_where/seq", 0, NULL, &s_ops);
	w_kobj = kobject_create_and_add("t_where", kernel_kobj);
	sysfs_create_file(w_kobj, &w_attr.attr);
	w_sysctl = register_sysctl("dev", w_table);
	w_debug = debugfs_create_dir("t_where", NULL);
	debugfs_create_file("attr", 0644, w_debug, NULL, &df_fops);

	schedule_work(&w_work); flush_work(&w_work);
	schedule_delayed_work(&w_dwork, 2); msleep(40);
	w_wq = alloc_workqueue("t_wq", 0, 0); queue_work(w_wq, &w_owork); flush_workqueue(w_wq);
	mod_timer(&w_timer, jiffies + 2); msleep(40);
	hrtimer_init(&w_hr, CLOCK_MONOTONIC, HRTIMER_MODE_REL); w_hr.function = hr;
	hrtimer_start(&w_hr, ms_to_ktime(5), HRTIMER_MODE_REL); msleep(40);
	hrtimer_init(&w_hrs, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT); w_hrs.function = hrs;
	hrtimer_start(&w_hrs, ms_to_ktime(5), HRTIMER_MODE_REL_SOFT); msleep(40);
	tasklet_schedule(&w_tasklet); msleep(40);
	init_irq_work(&w_iw, iw); irq_work_queue(&w_iw); msleep(40);
	call_rcu(&w_rcu, rc); rcu_barrier();
	t = kthread_run(kt, NULL, "t_kt"); msleep(40); kthread_stop(t);
	w_worker = kthread_create_worker(0, "t_kw"); kthread_queue_work(w_worker, &w_kwork); kthread_flush_worker(w_worker);
	kthread_destroy_worker(w_worker);

	register_module_notifier(&w_nb);
	platform_driver_register(&w_driver);
	w_pdev = platform_device_register_simple("t_where_dev", -1, NULL, 0);
	c = kmem_cache_create("t_where", 64, 0, 0, ctor); kmem_cache_free(c, kmem_cache_alloc(c, GFP_KERNEL)); kmem_cache_destroy(c);
	sort(v, 3, sizeof(v[0]), cmp, NULL);
	bsearch(&key, v, 3, sizeof(v[0]), bcmp2);
	list_add(&e[0], &head); list_add(&e[1], &head); list_sort(NULL, &head, lcmp);
	idr_alloc(&idr, &key, 0, 0, GFP_KERNEL); idr_for_each(&idr, idrf, NULL); idr_destroy(&idr);
	if (!request_irq(4, irqh, IRQF_SHARED, "t_where", &w_misc)) { msleep(60); free_irq(4, &w_misc); }
	pr_info("@ end of init\n");
	return 0;
}

static void __exit t_where_exit(void)
{
	here("exit");
	platform_device_unregister(w_pdev);
	platform_driver_unregister(&w_driver);
	unregister_module_notifier(&w_nb);
	destroy_workqueue(w_wq);
	debugfs_remove_recursive(w_debug);
	unregister_sysctl_table(w_sysctl);
	kobject_put(w_kobj);
	remove_proc_subtree("t_where", NULL);
	device_destroy(w_class, w_dev);
	class_destroy(w_class);
	cdev_del(&w_cdev);
	unregister_chrdev_region(w_dev, 1);
	misc_deregister(&wi_misc);
	misc_deregister(&w_misc);
	tasklet_kill(&w_tasklet);
	del_timer_sync(&w_timer);
}
module_init(t_where_init);
module_exit(t_where_exit);
MODULE_LICENSE("GPL");
