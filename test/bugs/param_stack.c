// SPDX-License-Identifier: GPL-2.0-only
/* A text parameter is copied to the stack whatever its length. */
#include <linux/module.h>
#include <linux/string.h>

static char *label = "none";
module_param(label, charp, 0444);

static noinline int measure(const char *from)
{
	char copy[16];

#ifdef SEEDED
	strcpy(copy, from);
#else
	strscpy(copy, from, sizeof(copy));
#endif
	return copy[0] + copy[15];
}

static int __init bug_init(void)
{
	pr_info("label %d\n", measure(label));
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
