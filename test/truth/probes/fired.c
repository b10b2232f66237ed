// SPDX-License-Identifier: GPL-2.0
/* Probes of a function that nothing in the module calls: fired from outside. */
#define pr_fmt(fmt) "fired: " fmt
#include <linux/module.h>
#include <linux/kprobes.h>

static int pre(struct kprobe *p, struct pt_regs *regs)
{
	pr_info("pre %ld %s %ld\n", regs->di, (char *)regs->si, regs->dx);
	return 0;
}

static void post(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
	pr_info("post\n");
}

static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	pr_info("return %ld\n", regs_return_value(regs));
	if (regs_return_value(regs) == 5)
		regs->ax = 1005;
	return 0;
}

static struct kprobe kp = { .symbol_name = "do_filp_open", .pre_handler = pre, .post_handler = post };
static struct kretprobe rp = { .kp.symbol_name = "do_filp_open", .handler = leave };

static int __init fired_init(void)
{
	int ret = register_kretprobe(&rp);

	return ret ?: register_kprobe(&kp);
}

static void __exit fired_exit(void)
{
	unregister_kprobe(&kp);
	unregister_kretprobe(&rp);
}

module_init(fired_init);
module_exit(fired_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("probes that are fired from outside");
