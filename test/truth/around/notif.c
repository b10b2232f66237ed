// SPDX-License-Identifier: GPL-2.0
/* Notifier chains of the kernel, and CPU hotplug states. For test/kernel/notify-chains.test.ts. */
#include <linux/cpuhotplug.h>
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

static int on_die(struct notifier_block *nb, unsigned long action, void *data)
{
	struct die_args *args = data;

	pr_info("notif: die %lu %s err %ld trap %d sig %d ip %pS\n", action, args->str, args->err, args->trapnr,
		args->signr, (void *)args->regs->ip);
	return NOTIFY_DONE;
}

static int on_panic(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_info("notif: panic %lu %s\n", action, (char *)data);
	return NOTIFY_DONE;
}

static int on_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_info("notif: reboot %lu %s\n", action, data ? (char *)data : "none");
	return NOTIFY_DONE;
}

static int on_pm(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block dying = { .notifier_call = on_die }, panicking = { .notifier_call = on_panic };
static struct notifier_block rebooting = { .notifier_call = on_reboot }, pm = { .notifier_call = on_pm };

static int cpu_up_(unsigned int cpu)
{
	pr_info("notif: cpu %u up\n", cpu);
	return 0;
}

static int cpu_down_(unsigned int cpu)
{
	pr_info("notif: cpu %u down\n", cpu);
	return 0;
}

static int refuse(unsigned int cpu)
{
	return -EIO;
}

static int state, quiet;

static noinline int crash(const char *val, const struct kernel_param *kp)
{
	if (val[0] == '0')
		*(volatile int *)8 = 1;
	if (val[0] == '1')
		panic("notif says %d", 5);
	if (val[0] == '2')
		BUG();
	return 0;
}
static const struct kernel_param_ops ops = { .set = crash };
module_param_cb(crash, &ops, NULL, 0200);

static int __init start(void)
{
	pr_info("notif: register %d %d %d %d\n", register_die_notifier(&dying),
		atomic_notifier_chain_register(&panic_notifier_list, &panicking), register_reboot_notifier(&rebooting),
		register_pm_notifier(&pm));
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "t:notif", cpu_up_, cpu_down_);
	pr_info("notif: state %d\n", state > 0);
	pr_info("notif: refused %d\n", cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "t:refused", refuse, cpu_down_));
	quiet = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "t:quiet", cpu_up_, cpu_down_);
	pr_info("notif: quiet %d\n", quiet > 0);
	cpuhp_remove_state_nocalls(quiet);
	return 0;
}

static void __exit stop(void)
{
	cpuhp_remove_state(state);
	pr_info("notif: unregister %d %d %d\n", unregister_die_notifier(&dying),
		atomic_notifier_chain_unregister(&panic_notifier_list, &panicking),
		unregister_reboot_notifier(&rebooting));
	unregister_pm_notifier(&pm);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
