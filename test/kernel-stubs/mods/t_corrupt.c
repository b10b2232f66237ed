// Breaks a kernel rule, which one says the parameter.
#include <linux/module.h>
#include <linux/list.h>
#include <linux/idr.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static char *what = "";
module_param(what, charp, 0);
static LIST_HEAD(head);
static struct list_head entry;
static noinline void *opaque(void *p) { barrier_data(p); return p; }

static noinline void smash(char *p, int n) { while (n--) *p++ = 'A'; }
static noinline int stack_smash(void)
{
	char buf[16];
	smash(opaque(buf), 64);
	return buf[3];
}

static int __init t_corrupt_init(void)
{
	refcount_t count = REFCOUNT_INIT(1);
	DEFINE_IDA(ida);

	if (!strcmp(what, "double-add")) {
		list_add(&entry, &head);
		list_add(&entry, &head);
	} else if (!strcmp(what, "double-del")) {
		list_add(&entry, &head);
		list_del(&entry);
		list_del(&entry);
	} else if (!strcmp(what, "bent")) {
		list_add(&entry, &head);
		head.prev = NULL;
		list_del(&entry);
	} else if (!strcmp(what, "refcount")) {
		if (refcount_dec_and_test(&count))
			refcount_dec(&count);
		refcount_inc(&count);
		refcount_set(&count, 0);
		refcount_inc(&count);
		if (refcount_dec_and_test(&count))
			pr_info("again\n");
		pr_info("refcount %x\n", refcount_read(&count));
	} else if (!strcmp(what, "ida")) {
		ida_free(&ida, 7);
	} else if (!strcmp(what, "strlcat")) {
		char *p = opaque("12345678");
		pr_info("%zu\n", strlcat(p, opaque("x"), (size_t)opaque((void *)4)));
	} else if (!strcmp(what, "stack")) {
		pr_info("%d\n", stack_smash());
	} else if (!strcmp(what, "usercopy")) {
		char *p = kmalloc(40, GFP_KERNEL);
		pr_info("%lu\n", copy_to_user((void __user *)0x1000, opaque(p), (unsigned long)opaque((void *)100)));
	} else if (!strcmp(what, "memcpy")) {
		void *(*volatile copy)(void *, const void *, size_t) = memcpy;
		copy(what, (void *)0x10, 100);
	} else if (!strcmp(what, "strlen")) {
		pr_info("%zu\n", strlen(opaque((void *)0xfffffffffffff000ul)));
	}
	return 0;
}
static void __exit t_corrupt_exit(void) {}
module_init(t_corrupt_init);
module_exit(t_corrupt_exit);
MODULE_LICENSE("GPL");
