// SPDX-License-Identifier: GPL-2.0
/*
 * oops - a module with a bug: it forgets that an allocation can fail.
 *
 * find_config() returns NULL when there is nothing under that name, and its
 * caller does not look. The kernel stops the process in the middle of init: the
 * module stays half loaded and cannot be removed any more. With
 * "config=default" everything is fine.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *config = "none";
module_param(config, charp, 0444);

struct config {
	const char *name;
	int speed;
	int colour;
};

static const struct config known[] = {
	{ "default", 9600, 7 },
	{ "fast", 115200, 4 },
};

static noinline const struct config *find_config(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

static noinline int configure(const char *name)
{
	const struct config *found = find_config(name);

	/* The bug: found may be NULL. */
	return found->colour;
}

static int __init lookup_init(void)
{
	pr_info("oops: looking for %s\n", config);
	pr_info("oops: colour %d\n", configure(config));
	return 0;
}

static void __exit lookup_exit(void)
{
	pr_info("oops: gone\n");
}

module_init(lookup_init);
module_exit(lookup_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Uses a NULL pointer");
