// SPDX-License-Identifier: GPL-2.0
/* A livepatch: a function of the kernel is replaced by one of the module. */
#define pr_fmt(fmt) "lp: " fmt
#include <linux/module.h>
#include <linux/livepatch.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *lp_kstrdup(const char *s, gfp_t gfp)
{
	char *copy = kmalloc(strlen(s) + 9, gfp);

	if (copy) {
		strcpy(copy, "patched ");
		strcpy(copy + 8, s);
	}
	return copy;
}

static void pre(const char *text)
{
	pr_info("%s\n", text);
}

static int before(struct klp_object *obj)
{
	pre("before");
	return 0;
}

static void after(struct klp_object *obj)
{
	pre("after");
}

static struct klp_func funcs[] = { { .old_name = "kstrdup", .new_func = lp_kstrdup }, { } };
static struct klp_object objs[] = {
	{ .funcs = funcs, .callbacks = { .pre_patch = before, .post_patch = after } }, { }
};
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objs };

static struct klp_func no_funcs[] = { { .old_name = "no_such_function_here", .new_func = lp_kstrdup }, { } };
static struct klp_object no_objs[] = { { .funcs = no_funcs }, { } };
static struct klp_patch none = { .mod = THIS_MODULE, .objs = no_objs };
static struct klp_patch empty = { .mod = THIS_MODULE };

static int __init lp_init(void)
{
	char *copy;
	int ret;

	pr_info("empty %d\n", klp_enable_patch(&empty));
	pr_info("no function %d\n", klp_enable_patch(&none));
	ret = klp_enable_patch(&patch);
	pr_info("enable %d\n", ret);
	copy = kstrdup("text", GFP_KERNEL);
	pr_info("%s\n", copy);
	kfree(copy);
	return ret;
}

static void __exit lp_exit(void)
{
}

module_init(lp_init);
module_exit(lp_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
MODULE_DESCRIPTION("a livepatch");
