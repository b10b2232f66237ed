// SPDX-License-Identifier: GPL-2.0
/* A second source file, so that queries can tell files apart. */
#include <linux/printk.h>

void dyn_more(void);

void dyn_more(void)
{
	pr_debug("more, first\n");
	pr_debug("more, second\n");
}
