// SPDX-License-Identifier: GPL-2.0
/* ftrace: callbacks, filters, and functions replaced by another (IPMODIFY). */
#define pr_fmt(fmt) "hook: " fmt
#include <linux/module.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/slab.h>

noinline int hook_one(int a)
{
	pr_info("one %d\n", a);
	return a + 1;
}

noinline int hook_two(int a)
{
	pr_info("two %d\n", a);
	return a + 2;
}

static char *(*real_kstrdup)(const char *s, gfp_t gfp);

static noinline char *fake_kstrdup(const char *s, gfp_t gfp)
{
	char *copy = real_kstrdup(s, gfp);

	pr_info("fake kstrdup(%s) = %s\n", s, copy);
	copy[0] = 'J';
	return copy;
}

static noinline int fake_one(int a)
{
	pr_info("fake one %d\n", a);
	return -a;
}

static void notrace tell(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	pr_info("tell %ps from %ps regs %d\n", (void *)ip, (void *)parent, regs != NULL);
	if (regs)
		pr_info("tell ip +%lx di %d\n", regs->ip - ip, (int)regs->di);
}

static void notrace steer(unsigned long ip, unsigned long parent, struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!within_module(parent, THIS_MODULE))
		return;
	if (parent >= (unsigned long)fake_kstrdup && parent < (unsigned long)fake_kstrdup + 0x60)
		return;
	regs->ip = (unsigned long)ops->private;
}

static struct ftrace_ops plain = { .func = tell };
static struct ftrace_ops regs_ops = { .func = tell, .flags = FTRACE_OPS_FL_SAVE_REGS };
static struct ftrace_ops one_ops = {
	.func = steer, .flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_IPMODIFY, .private = fake_one,
};
static struct ftrace_ops second_ops = {
	.func = steer, .flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_IPMODIFY, .private = fake_one,
};
static struct ftrace_ops dup_ops = {
	.func = steer, .flags = FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_IPMODIFY, .private = fake_kstrdup,
};

/* Matching a pattern writes into it. */
static unsigned char own[] = "hook_*", two[] = "hook_two", none[] = "no_such_function";

static int __init hook_init(void)
{
	char *copy;
	int ret;

	ret = ftrace_set_filter(&plain, own, strlen(own), 1);
	pr_info("filter %d\n", ret);
	ret = ftrace_set_notrace(&plain, two, strlen(two), 1);
	pr_info("notrace %d\n", ret);
	ret = ftrace_set_filter(&regs_ops, none, strlen(none), 1);
	pr_info("no such %d\n", ret);
	ret = register_ftrace_function(&plain);
	pr_info("register %d\n", ret);
	pr_info("one %d two %d\n", hook_one(1), hook_two(1));
	pr_info("unregister %d\n", unregister_ftrace_function(&plain));
	pr_info("one %d\n", hook_one(2));

	ret = ftrace_set_filter_ip(&regs_ops, (unsigned long)hook_two, 0, 1);
	pr_info("filter_ip %d\n", ret);
	pr_info("filter_ip bad %d\n", ftrace_set_filter_ip(&regs_ops, (unsigned long)hook_two + 9, 0, 0));
	ret = register_ftrace_function(&regs_ops);
	pr_info("register %d one %d two %d\n", ret, hook_one(3), hook_two(3));

	ret = ftrace_set_filter_ip(&one_ops, (unsigned long)hook_one, 0, 0);
	pr_info("filter_ip %d register %d\n", ret, register_ftrace_function(&one_ops));
	pr_info("one %d\n", hook_one(4));
	ftrace_set_filter_ip(&second_ops, (unsigned long)hook_one, 0, 0);
	pr_info("second ipmodify %d\n", register_ftrace_function(&second_ops));
	pr_info("unregister %d\n", unregister_ftrace_function(&one_ops));
	pr_info("one %d\n", hook_one(5));

	real_kstrdup = kstrdup;
	ret = ftrace_set_filter_ip(&dup_ops, (unsigned long)real_kstrdup, 0, 0);
	pr_info("filter_ip %d register %d\n", ret, register_ftrace_function(&dup_ops));
	copy = kstrdup("hello", GFP_KERNEL);
	pr_info("kstrdup %s\n", copy);
	kfree(copy);
	pr_info("remove filter %d\n", ftrace_set_filter_ip(&dup_ops, (unsigned long)real_kstrdup, 1, 0));
	pr_info("unregister %d\n", unregister_ftrace_function(&dup_ops));
	copy = kstrdup("hello", GFP_KERNEL);
	pr_info("kstrdup %s\n", copy);
	kfree(copy);
	pr_info("unregister %d\n", unregister_ftrace_function(&regs_ops));
	ftrace_free_filter(&regs_ops);
	return 0;
}

static void __exit hook_exit(void)
{
}

module_init(hook_init);
module_exit(hook_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ftrace hooks");
