// SPDX-License-Identifier: GPL-2.0-only
/* Static calls whose function changes. */
#include <linux/module.h>
#include <linux/static_call.h>

static int one(int x)
{
	return x + 1;
}
static int two(int x)
{
	return x + 2;
}
static void say(int x)
{
	pr_info("scall: say %d\n", x);
}
DEFINE_STATIC_CALL(number, one);
DEFINE_STATIC_CALL_NULL(maybe, say);
DEFINE_STATIC_CALL_RET0(zero, one);

static noinline int tail(int x)
{
	return static_call(number)(x);
}
static noinline void quiet(int x)
{
	static_call_cond(maybe)(x);
}
static noinline void conditional(int x)
{
	if (x > 3)
		static_call_cond(maybe)(x);
}
static noinline void show(const char *when)
{
	pr_info("scall: %s: %d %d %d %d\n", when, static_call(number)(10), tail(20), static_call(zero)(30),
		static_call_query(number) == one);
	static_call_cond(maybe)(1);
	quiet(2);
	conditional(3);
	conditional(4);
}

static int __init scall_init(void)
{
	show("first");
	static_call_update(number, two);
	static_call_update(maybe, say);
	static_call_update(zero, one);
	show("then");
	pr_info("scall: in init %d\n", static_call(number)(100));
	static_call_update(zero, (void *)&__static_call_return0);
	static_call_update(maybe, NULL);
	show("back");
	static_call_update(number, one);
	return 0;
}
static void __exit scall_exit(void)
{
	show("exit");
	static_call_update(number, two);
	show("after");
}
module_init(scall_init);
module_exit(scall_exit);
MODULE_LICENSE("GPL");
