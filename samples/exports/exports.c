// SPDX-License-Identifier: GPL-2.0
/*
 * exports - offers functions to other modules.
 *
 * What EXPORT_SYMBOL names can be used by any module that is loaded later;
 * EXPORT_SYMBOL_GPL asks for a GPL-compatible licence. While a module that uses
 * them is loaded, this one cannot be removed.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include "exports.h"

static DEFINE_MUTEX(lock);
static long total;

long exports_add(long amount)
{
	long now;

	mutex_lock(&lock);
	total += amount;
	now = total;
	mutex_unlock(&lock);
	return now;
}
EXPORT_SYMBOL(exports_add);

const char *exports_greeting = "greetings from exports";
EXPORT_SYMBOL_GPL(exports_greeting);

static int __init exports_init(void)
{
	pr_info("exports: ready\n");
	return 0;
}

static void __exit exports_exit(void)
{
	pr_info("exports: total %ld\n", total);
}

module_init(exports_init);
module_exit(exports_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Offers functions to other modules");
