// SPDX-License-Identifier: GPL-2.0
/* Direct ftrace calls, as samples of the kernel use them, and livepatch shadow variables. */
#define pr_fmt(fmt) "direct: " fmt
#include <linux/module.h>
#include <linux/ftrace.h>
#include <linux/livepatch.h>
#include <linux/slab.h>

void direct_told(int a);
void direct_told_other(int a);

noinline int direct_victim(int a)
{
	pr_info("victim %d\n", a);
	return a;
}

noinline int direct_second(int a)
{
	pr_info("second %d\n", a);
	return a;
}

void direct_told(int a)
{
	pr_info("told %d\n", a);
}

void direct_told_other(int a)
{
	pr_info("told other %d\n", a);
}

void direct_tramp(void *);
void direct_tramp2(void *);
asm(".text\n.type direct_tramp,@function\n.globl direct_tramp\n"
    "direct_tramp: pushq %rbp\nmovq %rsp, %rbp\npushq %rdi\ncall direct_told\npopq %rdi\nleave\nret\nint3\n"
    ".size direct_tramp, .-direct_tramp\n"
    ".type direct_tramp2,@function\n.globl direct_tramp2\n"
    "direct_tramp2: pushq %rbp\nmovq %rsp, %rbp\npushq %rdi\ncall direct_told_other\npopq %rdi\nleave\nret\nint3\n"
    ".size direct_tramp2, .-direct_tramp2\n");

static struct ftrace_ops multi;
static int object;

static int fill(void *obj, void *shadow, void *data)
{
	*(int *)shadow = *(int *)data;
	pr_info("ctor %d\n", *(int *)data);
	return *(int *)data < 0 ? *(int *)data : 0;
}

static void drop(void *obj, void *shadow)
{
	pr_info("dtor %d\n", *(int *)shadow);
}

static void shadows(void)
{
	int value = 7, bad = -5;
	int *a = klp_shadow_alloc(&object, 1, sizeof(int), GFP_KERNEL, fill, &value);

	pr_info("alloc %d, get %d, other %d\n", a ? *a : -1, klp_shadow_get(&object, 1) == a, klp_shadow_get(&object, 2) != NULL);
	value = 8;
	pr_info("or alloc %d\n", klp_shadow_get_or_alloc(&object, 1, sizeof(int), GFP_KERNEL, fill, &value) == a);
	pr_info("or alloc %d\n", *(int *)klp_shadow_get_or_alloc(&object, 2, sizeof(int), GFP_KERNEL, fill, &value));
	pr_info("bad %d\n", klp_shadow_alloc(&object, 3, sizeof(int), GFP_KERNEL, fill, &bad) == NULL);
	klp_shadow_alloc(&value, 2, sizeof(int), GFP_KERNEL, fill, &value);
	klp_shadow_free(&object, 1, drop);
	pr_info("freed %d\n", klp_shadow_get(&object, 1) == NULL);
	klp_shadow_free_all(2, drop);
	pr_info("freed all %d\n", klp_shadow_get(&object, 2) == NULL);
	pr_info("twice %d\n", klp_shadow_alloc(&object, 9, 4, GFP_KERNEL, NULL, NULL) == NULL);
	klp_shadow_free(&object, 9, NULL);
}

static int __init direct_init(void)
{
	unsigned long ip = (unsigned long)direct_victim;
	int ret;

	ret = register_ftrace_direct(ip, (unsigned long)direct_tramp);
	pr_info("register %d\n", ret);
	pr_info("again %d\n", register_ftrace_direct(ip, (unsigned long)direct_tramp));
	direct_victim(1);
	pr_info("modify %d\n", modify_ftrace_direct(ip, (unsigned long)direct_tramp, (unsigned long)direct_tramp2));
	direct_victim(2);
	pr_info("unregister %d\n", unregister_ftrace_direct(ip, (unsigned long)direct_tramp2));
	pr_info("unregister again %d\n", unregister_ftrace_direct(ip, (unsigned long)direct_tramp2));
	direct_victim(3);

	ftrace_set_filter_ip(&multi, (unsigned long)direct_victim, 0, 0);
	ftrace_set_filter_ip(&multi, (unsigned long)direct_second, 0, 0);
	ret = register_ftrace_direct_multi(&multi, (unsigned long)direct_tramp);
	pr_info("multi %d\n", ret);
	direct_victim(4);
	direct_second(5);
	pr_info("modify multi %d\n", modify_ftrace_direct_multi(&multi, (unsigned long)direct_tramp2));
	direct_second(6);
	pr_info("unregister multi %d\n", unregister_ftrace_direct_multi(&multi, (unsigned long)direct_tramp2));
	direct_second(7);
	shadows();
	return 0;
}

static void __exit direct_exit(void)
{
}

module_init(direct_init);
module_exit(direct_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("direct ftrace calls");
