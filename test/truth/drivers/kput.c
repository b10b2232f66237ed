// SPDX-License-Identifier: GPL-2.0-only
/* What kobject_put() says of kobjects that nobody initialised. */
#include <linux/cdev.h>
#include <linux/kobject.h>
#include <linux/module.h>

static struct kobject zeroed;
static struct cdev never;
static struct kobject named = { .name = "t_named" };
static char *what = "put";
module_param(what, charp, 0444);

static int __init kput_init(void)
{
	pr_info("kput: %s\n", what);
	if (!strcmp(what, "put"))
		kobject_put(&zeroed);
	else if (!strcmp(what, "get"))
		kobject_get(&zeroed);
	else if (!strcmp(what, "cdev"))
		cdev_del(&never);
	else if (!strcmp(what, "named"))
		kobject_put(&named);
	pr_info("kput: after, %d\n", kref_read(&zeroed.kref));
	return 0;
}
static void __exit kput_exit(void)
{
}
module_init(kput_init);
module_exit(kput_exit);
MODULE_LICENSE("GPL");
