// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says of the processor and of the machine around it. */
#include <asm/amd_nb.h>
#include <asm/fpu/api.h>
#include <asm/kvm_para.h>
#include <asm/mce.h>
#include <asm/mshyperv.h>
#include <asm/nmi.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/pvclock.h>
#include <asm/set_memory.h>
#include <linux/acpi.h>
#include <linux/cc_platform.h>
#include <linux/cpufreq.h>
#include <linux/devfreq.h>
#include <linux/dmaengine.h>
#include <linux/dmi.h>
#include <linux/key-type.h>
#include <linux/memory.h>
#include <linux/mc146818rtc.h>
#include <linux/module.h>
#include <linux/textsearch.h>
#include <keys/asymmetric-parser.h>

static void leaf(u32 at)
{
	u32 a, b, c, d;

	cpuid(at, &a, &b, &c, &d);
	pr_info("cpu: %08x: %08x %08x %08x %08x\n", at, a, b, c, d);
}

static void cpu(void)
{
	static const u32 leaves[] = { 0, 2, 5, 6, 0xb, 0xc, 0x40000000, 0x40000001, 0x80000000, 0x80000001,
		0x80000002, 0x80000005, 0x80000006, 0x80000007, 0x80000008, 0x8000000a };
	static const u64 features[] = { 1, 2, 3, 0x20, 0x23, 0x200, 0x203, 0x400, 0x800, 0x20000, 1ULL << 40 };
	const char *name;
	int i;

	for (i = 0; i < ARRAY_SIZE(leaves); i++)
		leaf(leaves[i]);
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		int has = cpu_has_xfeatures(features[i], &name);

		pr_info("cpu: %llx %d %s\n", features[i], has, name);
	}
	pr_info("cpu: usable %d\n", irq_fpu_usable());
	kernel_fpu_begin();
	pr_info("cpu: usable %d count %x\n", irq_fpu_usable(), preempt_count());
	kernel_fpu_end();
	pr_info("cpu: usable %d count %x\n", irq_fpu_usable(), preempt_count());
}

static int event(struct notifier_block *nb, unsigned long action, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block decoder = { .notifier_call = event, .priority = MCE_PRIO_EDAC };
static struct notifier_block memory = { .notifier_call = event };
static int nmi(unsigned int type, struct pt_regs *regs)
{
	return NMI_DONE;
}

static char page[2 * PAGE_SIZE] __aligned(PAGE_SIZE);

static void machine(void)
{
	pr_info("cpu: kvm %d hyperv %d pvti %d northbridges %u\n", kvm_para_available(), hv_is_hyperv_initialized(),
		!!pvclock_get_pvti_cpu0_va(), amd_nb_num());
	pr_info("cpu: confidential %d %d\n", cc_platform_has(CC_ATTR_MEM_ENCRYPT),
		cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT));
	pr_info("cpu: decrypted %d\n", set_memory_decrypted((unsigned long)page, 1));
	pr_info("cpu: encrypted %d\n", set_memory_encrypted((unsigned long)page, 1));
	pr_info("cpu: physical %d %d\n", slow_virt_to_phys(page) == __pa(page_to_virt(vmalloc_to_page(page))),
		(int)(slow_virt_to_phys(page + 5) & 0xfff));
	pr_info("cpu: frequency driver %s\n", cpufreq_get_current_driver());
	pr_info("cpu: dmi device %d\n", !!dmi_find_device(DMI_DEV_TYPE_ANY, NULL, NULL));
	pr_info("cpu: clock %02x %02x\n", rtc_cmos_read(0x32), rtc_cmos_read(0xd));
	native_io_delay();
	dmaengine_get();
	dmaengine_put();
}

static struct ts_ops search = { .name = "kobox", .find = (void *)event, .init = (void *)event,
	.get_pattern = (void *)event };
static int parse(struct key_preparsed_payload *prep)
{
	return -EBADMSG;
}
static struct asymmetric_key_parser parser = { .owner = THIS_MODULE, .name = "kobox", .parse = parse };
static struct asymmetric_key_parser same = { .owner = THIS_MODULE, .name = "kobox", .parse = parse };

static int __init cpumod_init(void)
{
	cpu();
	machine();
	mce_register_decode_chain(&decoder);
	mce_unregister_decode_chain(&decoder);
	mce_unregister_decode_chain(&decoder);
	pr_info("cpu: memory %d\n", register_memory_notifier(&memory));
	unregister_memory_notifier(&memory);
	pr_info("cpu: nmi %d\n", register_nmi_handler(NMI_LOCAL, nmi, 0, "kobox"));
	unregister_nmi_handler(NMI_LOCAL, "kobox");
	unregister_nmi_handler(NMI_LOCAL, "kobox");
	pr_info("cpu: search %d\n", textsearch_register(&search));
	search.get_pattern_len = (void *)event;
	pr_info("cpu: search %d\n", textsearch_register(&search));
	pr_info("cpu: search %d\n", textsearch_register(&search));
	pr_info("cpu: search %d\n", textsearch_unregister(&search));
	pr_info("cpu: search %d\n", textsearch_unregister(&search));
	pr_info("cpu: parser %d\n", register_asymmetric_key_parser(&parser));
	pr_info("cpu: parser %d\n", register_asymmetric_key_parser(&same));
	unregister_asymmetric_key_parser(&parser);
	return 0;
}
static void __exit cpu_exit(void)
{
}
module_init(cpumod_init);
module_exit(cpu_exit);
MODULE_LICENSE("GPL");
