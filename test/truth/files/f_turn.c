// SPDX-License-Identifier: GPL-2.0
/* One request and its answer an opening: simple_transaction_*(). */
#define pr_fmt(fmt) "f_turn: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/string.h>

/* misc_open() leaves the device there */
static int t_open(struct inode *i, struct file *f) { f->private_data = NULL; return 0; }
static ssize_t t_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	char *request = simple_transaction_get(f, b, n);

	if (IS_ERR(request)) {
		pr_info("get %ld\n", PTR_ERR(request));
		return PTR_ERR(request);
	}
	pr_info("request %.*s at %lx\n", (int)n, request, offset_in_page(request));
	memcpy(request + n, "answer\n", 7);
	simple_transaction_set(f, n + 7);
	return n;
}
static const struct file_operations fops = {
	.owner = THIS_MODULE, .open = t_open, .write = t_write, .read = simple_transaction_read,
	.release = simple_transaction_release, .llseek = noop_llseek,
};
static struct miscdevice dev = { .minor = MISC_DYNAMIC_MINOR, .name = "f_turn", .fops = &fops };

static struct hrtimer hard, soft;
static enum hrtimer_restart never(struct hrtimer *t) { return HRTIMER_NORESTART; }

static int __init f_init(void)
{
	hrtimer_init(&hard, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	hard.function = never;
	hrtimer_start_range_ns(&hard, 7777000000000, 5000, HRTIMER_MODE_ABS);
	hrtimer_init(&soft, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_SOFT);
	soft.function = never;
	hrtimer_start(&soft, 8888000000000, HRTIMER_MODE_ABS_SOFT);
	return misc_register(&dev);
}
static void __exit f_exit(void)
{
	hrtimer_cancel(&hard);
	hrtimer_cancel(&soft);
	misc_deregister(&dev);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("transactions, timers in /proc/timer_list");
