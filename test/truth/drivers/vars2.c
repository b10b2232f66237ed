// SPDX-License-Identifier: GPL-2.0-only
/* More variables of the kernel: what modules read of them. */
#include <linux/acpi.h>
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/time.h>
#include <linux/tty.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <linux/workqueue.h>
#include <linux/kobject.h>
#include <linux/jiffies.h>
#include <linux/swap.h>
#include <linux/suspend.h>
#include <linux/reboot.h>
#include <linux/init_task.h>
#include <net/net_namespace.h>
#include <asm/processor.h>
#include <asm/cpufeature.h>
#include <asm/tsc.h>
#include <asm/smp.h>

/* What only some emulators of this processor can: 256-bit vectors. */
static const u32 vectors[NCAPINTS] = {
	[4] = BIT(12) | BIT(28) | BIT(29), [9] = BIT(5) | BIT(14), [16] = BIT(9) | BIT(10),
};

static void cpu(const char *name, const struct cpuinfo_x86 *c)
{
	int i;

	pr_info("vars2: %s '%s' '%s' model %d stepping %d cpuid %d\n", name, c->x86_vendor_id, c->x86_model_id,
		c->x86_model, c->x86_stepping, c->cpuid_level);
	for (i = 0; i < NCAPINTS; i++)
		pr_info("vars2: %s cap %d %08x\n", name, i, c->x86_capability[i] & ~vectors[i]);
	pr_info("vars2: %s virt %d align %d tlb %d cache %d apicid %d %d phys %d core %d die %d\n", name, c->x86_virt_bits,
		c->x86_cache_alignment, c->x86_tlbsize, c->x86_cache_size, c->apicid, c->initial_apicid, c->phys_proc_id,
		c->cpu_core_id, c->cpu_die_id);
	pr_info("vars2: %s lpj %d initialized %d booted %d llc %d bits %d\n", name, c->loops_per_jiffy > 0, c->initialized,
		c->booted_cores, c->x86_clflush_size, c->x86_cache_bits);
}

static void task(void)
{
	struct task_struct *t = &init_task;

	pr_info("vars2: state %x usage %d policy %u cpus %d nivcsw %d rt %d\n", t->__state, refcount_read(&t->usage) > 0,
		t->policy, t->nr_cpus_allowed, t->normal_prio, t->rt_priority);
	pr_info("vars2: leader %d parent %d files %d fs %d nsproxy %d signal %d sighand %d\n", t->group_leader == t,
		t->parent == t, !!t->files, !!t->fs, !!t->nsproxy, !!t->signal, !!t->sighand);
	pr_info("vars2: cred %d uid %u cap %d user %d ns %d\n", t->cred == t->real_cred, __kuid_val(t->cred->uid),
		cap_raised(t->cred->cap_effective, CAP_SYS_ADMIN), !!t->cred->user, t->cred->user_ns == &init_user_ns);
	pr_info("vars2: nsproxy net %d uts %d\n", t->nsproxy && t->nsproxy->net_ns == &init_net,
		t->nsproxy && t->nsproxy->uts_ns == &init_uts_ns);
	pr_info("vars2: stack end %d children %d tasks %d\n", *(u64 *)t->stack == 0x57ac6e9d,
		list_empty(&t->children), list_empty(&t->tasks));
	pr_info("vars2: current ns %d cred ns %d\n", current->nsproxy == t->nsproxy, current_user_ns() == &init_user_ns);
}

static int __init vars2_init(void)
{
	cpu("boot", &boot_cpu_data);
	cpu("this", &cpu_data(0));
	task();
	pr_info("vars2: online %u possible %u present %u active %u ids %u\n", num_online_cpus(), num_possible_cpus(),
		num_present_cpus(), num_active_cpus(), nr_cpu_ids);
	pr_info("vars2: system state %d khz %d %d lpj %d\n", system_state, cpu_khz > 0, tsc_khz > 0, loops_per_jiffy > 0);
	pr_info("vars2: acpi %d tz %d %d\n", acpi_disabled, sys_tz.tz_minuteswest, sys_tz.tz_dsttime);
	pr_info("vars2: user ns uid map %u first %u count %u level %d owner %u\n", init_user_ns.uid_map.nr_extents,
		init_user_ns.uid_map.extent[0].first, init_user_ns.uid_map.extent[0].count, init_user_ns.level,
		__kuid_val(init_user_ns.owner));
	pr_info("vars2: pid ns level %u child %d\n", init_pid_ns.level, !!init_pid_ns.child_reaper);
	pr_info("vars2: pid ns of current %d\n", task_active_pid_ns(current) == &init_pid_ns);
	pr_info("vars2: reaper %s %d\n", init_pid_ns.child_reaper ? init_pid_ns.child_reaper->comm : "-",
		init_pid_ns.child_reaper ? init_pid_ns.child_reaper->pid : -1);
	pr_info("vars2: kobj %s fs %s\n", kobject_name(kernel_kobj), kobject_name(fs_kobj));
	pr_info("vars2: net inum %u count %d ifindex %d user %d\n", init_net.ns.inum, refcount_read(&init_net.ns.count) > 0,
		init_net.ifindex, init_net.user_ns == &init_user_ns);
	pr_info("vars2: net proc %d gen %d first %d\n", !!init_net.proc_net, !!init_net.gen,
		init_net.dev_base_head.next == &init_net.loopback_dev->dev_list);
	pr_info("vars2: total pages %d swap %ld\n", totalram_pages() > 10000, get_nr_swap_pages());
	pr_info("vars2: uts inum %u user %d\n", init_uts_ns.ns.inum, init_uts_ns.user_ns == &init_user_ns);
	pr_info("vars2: termios %x %x %x %x\n", tty_std_termios.c_iflag, tty_std_termios.c_oflag, tty_std_termios.c_cflag,
		tty_std_termios.c_lflag);
	pr_info("vars2: console drivers %d suspend %d\n", !!console_drivers, console_suspend_enabled);
	pr_info("vars2: kptr %d sysrq? overflow %d %d\n", 0, overflowuid, overflowgid);
	pr_info("vars2: init stack in init %d jiffies %d\n", (void *)&init_task != current, time_after(jiffies, INITIAL_JIFFIES));
	return 0;
}
static void __exit vars2_exit(void)
{
}
module_init(vars2_init);
module_exit(vars2_exit);
MODULE_LICENSE("GPL");
