// SPDX-License-Identifier: GPL-2.0-only
/* exit stops the device when its registers are mapped no more. */
#include <linux/io.h>
#include <linux/module.h>

static void __iomem *registers;

static int __init bug_init(void)
{
	registers = ioremap(0xfd000000, 0x1000);
	return registers ? 0 : -ENOMEM;
}

static void __exit bug_exit(void)
{
#ifdef SEEDED
	iounmap(registers);
	writel(0, registers + 0x40);
#else
	writel(0, registers + 0x40);
	iounmap(registers);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
