// SPDX-License-Identifier: GPL-2.0-only
/* Variables of the kernel that modules read, the console's, and what a process has for a terminal. */
#include <linux/tty.h>
#include <linux/kd.h>
#include <linux/netdevice.h>
#include <linux/console_struct.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/utsname.h>
#include <linux/vt_kern.h>
#include <net/net_namespace.h>
#include <asm/processor.h>

static int __init vars_init(void)
{
	struct new_utsname *uts = init_utsname();
	struct tty_struct *tty = get_current_tty();

	pr_info("vars: %s|%s|%s|%s\n", uts->sysname, uts->release, uts->version, uts->machine);
	pr_info("vars: nodename %s domain %s\n", uts->nodename, uts->domainname);
	pr_info("vars: init %s pid %d tgid %d flags %x prio %d %d\n", init_task.comm, init_task.pid, init_task.tgid,
		init_task.flags & PF_KTHREAD, init_task.prio, init_task.static_prio);
	pr_info("vars: mm %d active %d parent %d stack %d\n", !!init_task.mm, !!init_task.active_mm,
		init_task.real_parent == &init_task, !!init_task.stack);
	pr_info("vars: net loopback %d ns %d\n", !!init_net.loopback_dev, !!init_net.user_ns);
	if (init_net.loopback_dev)
		pr_info("vars: %s %d\n", init_net.loopback_dev->name, init_net.loopback_dev->ifindex);
	pr_info("vars: cpu vendor %d family %d cores %d cache %d phys %d clflush %d\n", boot_cpu_data.x86_vendor,
		boot_cpu_data.x86, boot_cpu_data.x86_max_cores, boot_cpu_data.x86_cache_size > 0,
		boot_cpu_data.x86_phys_bits, boot_cpu_data.x86_clflush_size);
	pr_info("vars: same %d index %d\n", cpu_data(0).x86 == boot_cpu_data.x86, cpu_data(0).cpu_index);
	pr_info("vars: fpu %d sse2 %d nx %d xen %d\n", boot_cpu_has(X86_FEATURE_FPU),
		boot_cpu_has(X86_FEATURE_XMM2), boot_cpu_has(X86_FEATURE_NX), boot_cpu_has(X86_FEATURE_XENPV));
	pr_info("vars: tty %d\n", !!tty);
	if (tty) {
		pr_info("vars: %s %x\n", tty->name, tty_devnum(tty));
		tty_kref_put(tty);
	}
	pr_info("vars: console %d vc %d num %d mode %d\n", fg_console, !!vc_cons[fg_console].d,
		vc_cons[fg_console].d ? vc_cons[fg_console].d->vc_num : -1,
		vc_cons[fg_console].d ? vc_cons[fg_console].d->vc_mode : -1);
	pr_info("vars: cols %d\n", vc_cons[fg_console].d ? vc_cons[fg_console].d->vc_cols : -1);
	return 0;
}
static void __exit vars_exit(void)
{
}
module_init(vars_init);
module_exit(vars_exit);
MODULE_LICENSE("GPL");
