// SPDX-License-Identifier: GPL-2.0-only
/* Built with debug information: reports name its lines. */
#include <linux/module.h>
#include <linux/slab.h>

#include "lines.h"

static char *kept;

static int __init lines_init(void)
{
	kept = kmalloc(24, GFP_KERNEL); /* line 12: never freed */
	if (!kept)
		return -ENOMEM;
	return lines_more(kept);
}

static void __exit lines_exit(void)
{
	pr_info("lines: %s\n", kept);
}

module_init(lines_init);
module_exit(lines_exit);
MODULE_LICENSE("GPL");
