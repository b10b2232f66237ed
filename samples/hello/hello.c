// SPDX-License-Identifier: GPL-2.0
/*
 * hello - the smallest useful module.
 *
 * init runs when the module is inserted, exit when it is removed; each says so
 * in the kernel log. init's return value decides whether the module stays: 0
 * for yes, a negative errno for no.
 */
#include <linux/init.h>
#include <linux/module.h>

static int __init hello_init(void)
{
	pr_info("hello from init\n");
	return 0;
}

static void __exit hello_exit(void)
{
	pr_info("hello from exit\n");
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Says hello when it comes and when it goes");
