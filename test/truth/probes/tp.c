// SPDX-License-Identifier: GPL-2.0
/* Tracepoints and trace events of the module, trace_printk, tracepoints of the kernel. */
#define pr_fmt(fmt) "tp: " fmt
#include <linux/module.h>
#include <linux/kthread.h>
#include <linux/proc_fs.h>

#define CREATE_TRACE_POINTS
#include "tp-trace.h"

static void seen(void *data, int number, const char *name)
{
	pr_info("seen %d %s by %s\n", number, name, (char *)data);
}

static void look(struct tracepoint *tp, void *priv)
{
	int *count = priv;

	(*count)++;
	if (!strcmp(tp->name, "sched_switch") || !strcmp(tp->name, "kmalloc") || !strcmp(tp->name, "tp_event"))
		pr_info("kernel has %s\n", tp->name);
}

static ssize_t tp_write(struct file *file, const char __user *buf, size_t n, loff_t *pos)
{
	trace_tp_event(n, "written");
	trace_printk("written %zu\n", n);
	return n;
}

static const struct proc_ops tp_ops = { .proc_write = tp_write };

static int __init tp_init(void)
{
	int count = 0, ret;

	pr_info("enabled %d\n", trace_tp_event_enabled());
	trace_tp_event(1, "nobody");
	ret = register_trace_tp_event(seen, "first");
	pr_info("register %d enabled %d\n", ret, trace_tp_event_enabled());
	trace_tp_event(2, "one");
	pr_info("second %d\n", register_trace_tp_event(seen, "second"));
	trace_tp_event(3, "two");
	pr_info("unregister %d\n", unregister_trace_tp_event(seen, "first"));
	trace_tp_event(4, "left");
	pr_info("unregister %d\n", unregister_trace_tp_event(seen, "second"));
	trace_tp_event(5, "nobody");
	for_each_kernel_tracepoint(look, &count);
	pr_info("tracepoints %d\n", count > 500);
	trace_printk("hello %d %s\n", 42, "world");
	trace_printk("constant\n");
	trace_puts("puts\n");
	proc_create("tp", 0666, NULL, &tp_ops);
	return 0;
}

static void __exit tp_exit(void)
{
	remove_proc_entry("tp", NULL);
	tracepoint_synchronize_unregister();
}

module_init(tp_init);
module_exit(tp_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("tracing");
