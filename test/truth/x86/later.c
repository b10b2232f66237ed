// SPDX-License-Identifier: GPL-2.0-only
/* Calls that workers make later; devices that are not on the bus; registrations that only the kernel itself reads. */
#include <linux/async.h>
#include <linux/cpufreq.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pvclock_gtod.h>
#include <linux/syscore_ops.h>

static ASYNC_DOMAIN_EXCLUSIVE(own);
static async_cookie_t first;

static void call(void *data, async_cookie_t cookie)
{
	pr_info("later: %s, cookie %llu, asynchronous %d\n", (char *)data, cookie - first, current_is_async());
}
static void waits(void *data, async_cookie_t cookie)
{
	async_synchronize_cookie(cookie);
	call(data, cookie);
}

static void asynchronous(void)
{
	async_cookie_t cookie;

	first = async_schedule(call, "first");
	pr_info("later: asked, asynchronous %d\n", current_is_async());
	async_synchronize_full();
	cookie = async_schedule(call, "second");
	async_synchronize_cookie(cookie + 1);
	pr_info("later: second is done\n");
	async_schedule(waits, "third");
	async_synchronize_full();
	async_schedule_domain(call, "own", &own);
	async_synchronize_full_domain(&own);
	cookie = async_schedule_domain(call, "own again", &own);
	async_synchronize_cookie_domain(cookie, &own);
	pr_info("later: before own again\n");
	async_synchronize_cookie_domain(cookie + 1, &own);
}

static const struct pci_device_id some[] = { { PCI_DEVICE(0x1234, 0x5678) }, { PCI_DEVICE(0x8086, 0x7113) }, { } };
static const struct pci_device_id none[] = { { PCI_DEVICE(0x1234, 0x5678) }, { PCI_DEVICE_CLASS(0x030000, ~0) }, { } };
static const struct pci_device_id bridge[] = { { PCI_DEVICE_CLASS(0x060000, 0xffff00) }, { } };

static int event(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = event };
static struct syscore_ops ops;

static void __init initial(void *data, async_cookie_t cookie)
{
	pr_info("later: from the init area\n");
}

static int __init later_init(void)
{
	asynchronous();
	pr_info("later: present %d %d %d\n", pci_dev_present(some), pci_dev_present(none), pci_dev_present(bridge));
	pr_info("later: device %d class %d slot %d\n", !!pci_get_device(0x1234, 0x5678, NULL),
		!!pci_get_class(PCI_CLASS_DISPLAY_VGA << 8, NULL), !!pci_get_domain_bus_and_slot(0, 0, PCI_DEVFN(5, 0)));
	pci_dev_put(NULL);
	pr_info("later: policy %d\n", cpufreq_register_notifier(&block, CPUFREQ_POLICY_NOTIFIER));
	pr_info("later: policy %d\n", cpufreq_unregister_notifier(&block, CPUFREQ_POLICY_NOTIFIER));
	pr_info("later: policy %d\n", cpufreq_unregister_notifier(&block, CPUFREQ_POLICY_NOTIFIER));
	pr_info("later: transition %d\n", cpufreq_register_notifier(&block, CPUFREQ_TRANSITION_NOTIFIER));
	pr_info("later: transition %d\n", cpufreq_unregister_notifier(&block, CPUFREQ_TRANSITION_NOTIFIER));
	pr_info("later: neither %d\n", cpufreq_register_notifier(&block, 7));
	pr_info("later: frequency %u policy %d\n", cpufreq_quick_get(0), !!cpufreq_cpu_get(0));
	pr_info("later: time %d\n", pvclock_gtod_register_notifier(&block));
	pr_info("later: time %d\n", pvclock_gtod_unregister_notifier(&block));
	register_syscore_ops(&ops);
	unregister_syscore_ops(&ops);
	async_schedule(initial, NULL);
	return 0;
}
static void __exit later_exit(void)
{
}
module_init(later_init);
module_exit(later_exit);
MODULE_LICENSE("GPL");
