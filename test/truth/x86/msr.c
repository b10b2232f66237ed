// SPDX-License-Identifier: GPL-2.0-only
/* Model-specific registers of the processor. */
#include <asm/msr.h>
#include <linux/module.h>

static const u32 registers[] = { 0x1b, 0x3a, 0x8b, 0xce, 0xfe, 0x10a, 0x122, 0x140, 0x174, 0x179, 0x17a, 0x198, 0x199, 0x1a0,
	0x1d9, 0x277, 0x2ff, 0x345, 0x38f, 0x480, 0x606, 0x610, 0x611, 0x64e, 0xda0, 0xc0000080, 0xc0000081, 0xc0000084,
	0xc0000103, 0xc0000104, 0xc0010010, 0xc0010015, 0xc001001a, 0xc001001f, 0xc0010061, 0xc0010062, 0xc0010063,
	0xc0010114, 0xc0010117, 0xc001011e, 0xc001011f, 0xc0010130, 0xc0011029, 0xc0010299, 0xc00102b0, 0xc0010131 };

static int __init msrs_init(void)
{
	unsigned long long value;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		value = 7;
		err = rdmsrl_safe(registers[i], &value);
		pr_info("msr: %x %d %llx\n", registers[i], err, value);
	}
	rdmsrl(MSR_IA32_CR_PAT, value);
	pr_info("msr: pat %llx\n", value);
	pr_info("msr: write %d\n", wrmsrl_safe(0xc0000103, 0x123456789));
	rdmsrl(0xc0000103, value);
	pr_info("msr: read %llx\n", value);
	wrmsrl(0xc0000103, 0);
	pr_info("msr: write %d\n", wrmsrl_safe(0x610, 5));
	rdmsrl(0x610, value);
	pr_info("msr: read %llx\n", value);
	return 0;
}
static void __exit msrs_exit(void)
{
}
module_init(msrs_init);
module_exit(msrs_exit);
MODULE_LICENSE("GPL");
