// SPDX-License-Identifier: GPL-2.0-only
/* XArrays by a state of the module's own: walks, marks, entries of several indexes. */
#include <linux/module.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(array);

static void *put(unsigned long index, unsigned int order, unsigned long value)
{
	XA_STATE_ORDER(xas, &array, index, order);
	void *old;

	do {
		xas_lock(&xas);
		old = xas_store(&xas, value ? xa_mk_value(value) : NULL);
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	if (xas_error(&xas))
		pr_info("put %lu: %d\n", index, xas_error(&xas));
	return old;
}

static void show(const char *what, unsigned long from, unsigned long max)
{
	XA_STATE(xas, &array, from);
	unsigned int found = 0, sum = 0;
	unsigned long last = 0;
	void *entry;

	rcu_read_lock();
	xas_for_each(&xas, entry, max) {
		if (xas_retry(&xas, entry))
			continue;
		found++;
		last = xas.xa_index;
		sum += xa_to_value(entry);
		if (found % 7 == 0) {
			xas_pause(&xas);
			rcu_read_unlock();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	pr_info("%s: %u entries, last %lu, sum %u, index %lu\n", what, found, last, sum, xas.xa_index);
}

static void show_marked(const char *what, unsigned long max, xa_mark_t mark)
{
	XA_STATE(xas, &array, 0);
	unsigned int found = 0;
	unsigned long sum = 0;
	void *entry;

	rcu_read_lock();
	xas_for_each_marked(&xas, entry, max, mark) {
		found++;
		sum += xas.xa_index;
	}
	rcu_read_unlock();
	pr_info("%s: %u marked, sum %lu, any %d\n", what, found, sum, xa_marked(&array, mark));
}

static void walks(void)
{
	XA_STATE(xas, &array, 0);
	unsigned long i;
	int steps;

	put(0, 0, 1);
	show("one", 0, ULONG_MAX);
	for (i = 1; i < 200; i++)
		put(i * 3, 0, i);
	show("walk", 0, ULONG_MAX);
	show("walk", 100, 300);
	show("walk", 1000, 2000);
	rcu_read_lock();
	xas_set(&xas, 60);
	pr_info("load %lu\n", xa_to_value(xas_load(&xas)));
	for (steps = 0; steps < 8; steps++) {
		void *entry = xas_next(&xas);

		pr_info("next %lu: %lu\n", xas.xa_index, entry ? xa_to_value(entry) : 0);
	}
	for (steps = 0; steps < 8; steps++) {
		void *entry = xas_prev(&xas);

		pr_info("prev %lu: %lu\n", xas.xa_index, entry ? xa_to_value(entry) : 0);
	}
	xas_set(&xas, 1);
	for (steps = 0; steps < 4; steps++) {
		void *entry = xas_prev(&xas);

		pr_info("prev %ld: %lu, node %lu\n", (long)xas.xa_index, entry ? xa_to_value(entry) : 0,
			(unsigned long)xas.xa_node & 3);
	}
	rcu_read_unlock();
}

static void marks(void)
{
	XA_STATE(xas, &array, 0);
	void *entry;
	unsigned int n = 0;

	xas_lock(&xas);
	xas_for_each(&xas, entry, ULONG_MAX)
		if (xas.xa_index % 5 == 0)
			xas_set_mark(&xas, XA_MARK_1);
	xas_unlock(&xas);
	show_marked("fives", ULONG_MAX, XA_MARK_1);
	show_marked("fives", 200, XA_MARK_1);
	xas_set(&xas, 0);
	xas_lock(&xas);
	xas_for_each_marked(&xas, entry, ULONG_MAX, XA_MARK_1) {
		n += xas_get_mark(&xas, XA_MARK_1);
		if (xas.xa_index % 2)
			xas_clear_mark(&xas, XA_MARK_1);
		else if (xas.xa_index % 4 == 0)
			xas_init_marks(&xas);
	}
	xas_unlock(&xas);
	pr_info("marks: %u\n", n);
	show_marked("even", ULONG_MAX, XA_MARK_1);
	show_marked("none", ULONG_MAX, XA_MARK_2);
}

static void orders(void)
{
	XA_STATE_ORDER(xas, &array, 1024, 4);
	unsigned int conflicts = 0;
	void *entry;

	put(1024, 3, 700);
	put(4096, 6, 701);
	put(8192, 9, 702);
	put(1040, 0, 703);
	pr_info("orders: %d %d %d %d %d\n", xa_get_order(&array, 1027), xa_get_order(&array, 4100),
		xa_get_order(&array, 8200), xa_get_order(&array, 1040), xa_get_order(&array, 5000));
	pr_info("loads: %lu %lu %lu\n", xa_to_value(xa_load(&array, 1031)), xa_to_value(xa_load(&array, 4159)),
		xa_to_value(xa_load(&array, 8703)));
	show("orders", 1000, ULONG_MAX);
	xas_lock(&xas);
	xas_for_each_conflict(&xas, entry)
		conflicts += xa_to_value(entry);
	xas_unlock(&xas);
	pr_info("conflicts: %u\n", conflicts);
	xa_set_mark(&array, 1029, XA_MARK_0);
	pr_info("mark: %d\n", xa_get_mark(&array, 1024, XA_MARK_0));
	put(1024, 4, 704);
	pr_info("mark: %d order %d\n", xa_get_mark(&array, 1030, XA_MARK_0), xa_get_order(&array, 1030));
	put(16384, 3, 705);
	xa_erase(&array, 16386);
	pr_info("erased 16384: %d\n", xa_load(&array, 16385) == NULL && xa_load(&array, 16390) == NULL);
	put(4096, 6, 0);
	put(8200, 0, 0);
	show("erased", 1000, ULONG_MAX);
}

static void erase(void)
{
	unsigned long i;

	for (i = 0; i < 700; i += 3)
		put(i, 0, 0);
	show("erase", 0, ULONG_MAX);
	put(1024, 4, 0);
	put(1040, 0, 0);
	show("erase", 0, ULONG_MAX);
	pr_info("empty %d\n", xa_empty(&array));
	put(7, 0, 9);
	put(0, 0, 8);
	put(7, 0, 0);
	pr_info("head is a value: %d\n", xa_is_value(array.xa_head));
	xa_destroy(&array);
}

static int __init xas_init(void)
{
	walks();
	marks();
	orders();
	erase();
	return 0;
}

static void __exit xas_exit(void)
{
}

module_init(xas_init);
module_exit(xas_exit);
MODULE_LICENSE("GPL");
