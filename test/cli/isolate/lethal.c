// SPDX-License-Identifier: GPL-2.0-only
/* Instructions that crash some versions of the engine that emulates the CPU. */
#include <linux/module.h>

static char *mode = "breakpoint";
module_param(mode, charp, 0444);

static noinline void target(void)
{
	asm volatile("nop; nop");
}

static int __init lethal_init(void)
{
	pr_info("lethal: before\n");
	if (!strcmp(mode, "breakpoint")) {
		/* DR0 = target, DR7 = enable breakpoint 0 on execution. */
		asm volatile("mov %0, %%dr0\n\tmov %1, %%dr7" : : "r"(target), "r"(0x401UL));
		target();
	} else if (!strcmp(mode, "lock")) {
		/* LOCK is not allowed with BT: #UD on hardware. */
		unsigned int word = 0;

		asm volatile(".byte 0xf0; bt %1, %0" : : "r"(word), "r"(1));
	} else if (!strcmp(mode, "slow")) {
		for (;;)
			asm volatile("pushf; cli; sti; popf; rdtsc" : : : "rax", "rdx", "memory");
	}
	pr_info("lethal: after\n");
	return 0;
}

static void __exit lethal_exit(void)
{
}

module_init(lethal_init);
module_exit(lethal_exit);
MODULE_DESCRIPTION("crashes engines");
MODULE_LICENSE("GPL");
