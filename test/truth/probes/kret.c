// SPDX-License-Identifier: GPL-2.0
/* kretprobes on the module's own code and on kernel functions; the kallsyms_lookup_name trick. */
#define pr_fmt(fmt) "kret: " fmt
#include <linux/module.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/slab.h>

struct note { int first; int second; };

noinline int kret_victim(int a)
{
	pr_info("victim %d\n", a);
	return a * 2;
}

noinline int kret_deep(int n)
{
	if (n == 0)
		return 0;
	return kret_deep(n - 1) + n + (n > 1000 ? kret_victim(n) : 0);
}

static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct note *note = (struct note *)ri->data;
	struct kretprobe *rp = get_kretprobe(ri);

	note->first = (int)regs->di;
	pr_info("enter %s di=%d max %d\n", rp->kp.symbol_name, note->first, rp->maxactive);
	return note->first == 13;
}

static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct note *note = (struct note *)ri->data;
	struct kretprobe *rp = get_kretprobe(ri);

	pr_info("leave %s first %d value %d to %d\n", rp->kp.symbol_name, note->first, (int)regs_return_value(regs),
		(void *)get_kretprobe_retaddr(ri) != NULL);
	if (note->first == 5)
		regs->ax = 555;
	return 0;
}

static struct kretprobe own = {
	.kp.symbol_name = "kret_victim", .entry_handler = enter, .handler = leave, .data_size = sizeof(struct note), .maxactive = 4,
};
static struct kretprobe deep = {
	.kp.symbol_name = "kret_deep", .entry_handler = enter, .handler = leave, .data_size = sizeof(struct note), .maxactive = 2,
};
static struct kretprobe kernel = {
	.kp.symbol_name = "kstrtoint", .handler = leave, .entry_handler = NULL, .data_size = sizeof(struct note),
};

static int __init kret_init(void)
{
	struct kprobe trick = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *name);
	int ret, value = 0;
	struct kretprobe bad = { .kp.symbol_name = "kret_no_such", .handler = leave };
	struct kretprobe middle = { .kp.symbol_name = "kret_victim", .kp.offset = 5, .handler = leave };

	pr_info("unknown %d\n", register_kretprobe(&bad));
	pr_info("middle %d\n", register_kretprobe(&middle));
	bad.kp.symbol_name = "kret_victim";
	bad.data_size = 8192;
	pr_info("large data %d\n", register_kretprobe(&bad));
	ret = register_kretprobe(&own);
	pr_info("own %d at %pS maxactive %d\n", ret, own.kp.addr, own.maxactive);
	pr_info("victim: %d\n", kret_victim(4));
	pr_info("victim: %d\n", kret_victim(5));
	pr_info("victim: %d\n", kret_victim(13));
	pr_info("disable %d\n", disable_kretprobe(&own));
	pr_info("victim: %d\n", kret_victim(6));
	pr_info("enable %d\n", enable_kretprobe(&own));
	pr_info("victim: %d\n", kret_victim(7));
	unregister_kretprobe(&own);
	pr_info("victim: %d, missed %d\n", kret_victim(8), own.nmissed);
	ret = register_kretprobe(&deep);
	pr_info("deep %d: %d\n", ret, kret_deep(4));
	unregister_kretprobe(&deep);
	pr_info("deep missed %d\n", deep.nmissed);
	ret = register_kretprobe(&kernel);
	pr_info("kernel %d maxactive %d\n", ret, kernel.maxactive);
	ret = kstrtoint("12x", 10, &value);
	pr_info("kstrtoint: %d %d\n", ret, value);
	unregister_kretprobe(&kernel);
	ret = register_kprobe(&trick);
	pr_info("trick %d\n", ret);
	lookup = (void *)trick.addr;
	unregister_kprobe(&trick);
	pr_info("printk %pS, victim %d, none %lx\n", (void *)lookup("_printk"), lookup("kret_victim") == (unsigned long)kret_victim,
		lookup("no_such_symbol"));
	return 0;
}

static void __exit kret_exit(void)
{
}

module_init(kret_init);
module_exit(kret_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("kretprobes");
