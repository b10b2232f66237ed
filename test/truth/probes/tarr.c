// SPDX-License-Identifier: GPL-2.0
/* A trace instance: who has it, what it prints, when it may go. */
#include <linux/module.h>
#include <linux/trace.h>
#include <linux/trace_events.h>

static int __init tarr_init(void)
{
	struct trace_array *tr, *again;

	pr_info("nothing: print %d init %d destroy %d\n", trace_array_printk(NULL, _THIS_IP_, "x\n"),
		trace_array_init_printk(NULL), trace_array_destroy(NULL));
	tr = trace_array_get_by_name("tarr");
	if (!tr)
		return -ENOMEM;
	pr_info("print before init %d\n", trace_array_printk(tr, _THIS_IP_, "early\n"));
	pr_info("init %d\n", trace_array_init_printk(tr));
	pr_info("print %d\n", trace_array_printk(tr, _THIS_IP_, "text %d\n", 1));
	pr_info("destroy while held %d\n", trace_array_destroy(tr));
	again = trace_array_get_by_name("tarr");
	pr_info("the same %d\n", again == tr);
	trace_array_put(again);
	pr_info("destroy while held %d\n", trace_array_destroy(tr));
	trace_array_put(tr);
	return 0;
}

static void __exit tarr_exit(void)
{
	struct trace_array *tr = trace_array_get_by_name("tarr");

	trace_array_put(tr);
	pr_info("destroy %d\n", trace_array_destroy(tr));
	pr_info("destroy again %d\n", trace_array_destroy(tr));
}
module_init(tarr_init);
module_exit(tarr_exit);
MODULE_LICENSE("GPL");
