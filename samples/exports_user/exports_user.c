// SPDX-License-Identifier: GPL-2.0
/*
 * exports_user - uses what the module "exports" offers.
 *
 * Loading it without that module fails with "Unknown symbol".
 */
#include <linux/module.h>
#include "../exports/exports.h"

static int __init exports_user_init(void)
{
	pr_info("exports_user: %s\n", exports_greeting);
	pr_info("exports_user: 40 makes %ld\n", exports_add(40));
	pr_info("exports_user: 2 more make %ld\n", exports_add(2));
	return 0;
}

static void __exit exports_user_exit(void)
{
	pr_info("exports_user: back to %ld\n", exports_add(-42));
}

module_init(exports_user_init);
module_exit(exports_user_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Uses functions of another module");
