// SPDX-License-Identifier: GPL-2.0-only
/* What the die chain is told of a fault, and of an INT3 and a divide error that it may swallow. */
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/ptrace.h>

static char *what = "null";
module_param(what, charp, 0444);
static bool swallow;
module_param(swallow, bool, 0444);
static volatile int zero;

static int on_die(struct notifier_block *nb, unsigned long val, void *data)
{
	struct die_args *args = data;

	pr_info("died: val %lu str '%s' err %lx trapnr %d signr %d ip %ps\n", val, args->str, args->err,
		args->trapnr, args->signr, (void *)args->regs->ip);
	return swallow ? NOTIFY_STOP : NOTIFY_DONE;
}
static int second(struct notifier_block *nb, unsigned long val, void *data)
{
	pr_info("died: second %lu\n", val);
	return NOTIFY_OK;
}
static struct notifier_block first_nb = { .notifier_call = on_die, .priority = 5 };
static struct notifier_block second_nb = { .notifier_call = second };

static noinline void fault(void)
{
	if (!strcmp(what, "null"))
		*(volatile int *)8 = 1;
	else if (!strcmp(what, "divide"))
		zero = 100 / zero;
	else if (!strcmp(what, "gp"))
		*(volatile int *)0xdead000000000000 = 1;
	else if (!strcmp(what, "ud"))
		asm volatile("ud2");
	else if (!strcmp(what, "bug"))
		BUG();
	else if (!strcmp(what, "int3"))
		asm volatile("int3");
}

static int __init died_init(void)
{
	int ret = register_die_notifier(&first_nb);

	if (ret)
		return ret;
	ret = register_die_notifier(&second_nb);
	pr_info("died: %d\n", ret);
	fault();
	pr_info("died: alive\n");
	return 0;
}
static void __exit died_exit(void)
{
	unregister_die_notifier(&second_nb);
	unregister_die_notifier(&first_nb);
}
module_init(died_init);
module_exit(died_exit);
MODULE_LICENSE("GPL");
