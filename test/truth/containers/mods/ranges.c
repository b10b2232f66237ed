// SPDX-License-Identifier: GPL-2.0-only
/* XArrays: ranges stored and made, entries split, nodes followed and deleted. */
#define pr_fmt(fmt) "ranges: " fmt
#include <linux/module.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(array);
static unsigned int updates, emptied;

static void follow(struct xa_node *node)
{
	updates++;
	if (!node->count)
		emptied++;
}

/* The shape of the array: every node's place, counts and marks, and a sum over its slots. */
static void shape_of(struct xa_node *node, int depth)
{
	unsigned int i, siblings = 0, values = 0, nodes = 0, first = 64, last = 0;

	for (i = 0; i < XA_CHUNK_SIZE; i++) {
		void *entry = node->slots[i];

		if (!entry)
			continue;
		first = min(first, i);
		last = i;
		siblings += xa_is_sibling(entry);
		values += xa_is_value(entry);
		nodes += xa_is_node(entry);
	}
	pr_info("%*s%u: shift %u count %u values %u, slots %u-%u: %u values %u siblings %u nodes, marks %lx %lx %lx\n", depth * 2, "",
		depth > 1 ? node->offset : 0, node->shift, node->count, node->nr_values, first, last, values, siblings, nodes,
		node->marks[0][0], node->marks[1][0], node->marks[2][0]);
	for (i = 0; node->shift && i < XA_CHUNK_SIZE; i++)
		if (xa_is_node(node->slots[i]))
			shape_of((struct xa_node *)((unsigned long)node->slots[i] - 2), depth + 1);
}

static void shape(const char *what)
{
	void *head = array.xa_head;

	pr_info("%s: head %s flags %x, %u updates, %u emptied\n", what, !head ? "none" : xa_is_node(head) ? "node" : "entry",
		array.xa_flags, updates, emptied);
	updates = emptied = 0;
	if (xa_is_node(head))
		shape_of((struct xa_node *)((unsigned long)head - 2), 1);
}

static void range(unsigned long first, unsigned long last, unsigned long value)
{
	void *ret = xa_store_range(&array, first, last, value ? xa_mk_value(value) : NULL, GFP_KERNEL);
	unsigned long index = 0, found = 0;
	void *entry;

	xa_for_each(&array, index, entry)
		found++;
	pr_info("range %lx-%lx: %d, %lu found, %lx %lx %lx, orders %d %d\n", first, last, xa_err(ret), found,
		xa_to_value(xa_load(&array, first)), xa_to_value(xa_load(&array, last)),
		last + 1 ? xa_to_value(xa_load(&array, last + 1)) : 0, xa_get_order(&array, first), xa_get_order(&array, last));
}

static void ranges(void)
{
	static const struct { unsigned long first, last; } r[] = {
		{ 0, 0 }, { 0, 1 }, { 0, 63 }, { 0, 64 }, { 1, 63 }, { 3, 130 }, { 64, 127 }, { 4095, 4096 }, { 4096, 8191 },
		{ 5000, 400000 }, { 1 << 24, (1 << 24) + 77 }, { 0x7fffffff0, 0x80000000f },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(r); i++) {
		range(r[i].first, r[i].last, i + 1);
		shape("stored");
		xa_set_mark(&array, r[i].last, XA_MARK_1);
		range(r[i].first, r[i].last, 0);
		shape("erased");
		xa_destroy(&array);
	}
	range(0, 100, 1);
	range(50, 60, 2);
	range(55, 200, 3);
	shape("over");
	range(10, 150, 0);
	shape("hole");
	pr_info("backwards %d\n", xa_err(xa_store_range(&array, 5, 4, xa_mk_value(1), GFP_KERNEL)));
	pr_info("internal %d\n", xa_err(xa_store_range(&array, 5, 6, xa_mk_internal(7), GFP_KERNEL)));
	xa_destroy(&array);
}

static void make(unsigned long index, unsigned int order)
{
	XA_STATE_ORDER(xas, &array, index, order);
	unsigned long i, base = xas.xa_index;

	xas_set_update(&xas, follow);
	do {
		xas_lock(&xas);
		xas_create_range(&xas);
		if (!xas_error(&xas))
			for (i = 0; i < 1UL << order; i++) {
				xas_store(&xas, xa_mk_value(base + i));
				xas_next(&xas);
			}
		xas_unlock(&xas);
	} while (xas_nomem(&xas, GFP_KERNEL));
	pr_info("made %lx order %u: %d, at %lx shift %u sibs %u\n", index, order, xas_error(&xas), xas.xa_index, xas.xa_shift,
		xas.xa_sibs);
}

static void made(void)
{
	XA_STATE(xas, &array, 0);

	make(0, 0);
	shape("made");
	make(0, 7);
	shape("made");
	xa_destroy(&array);
	make(8, 3);
	make(3 << 6, 6);
	make(5 << 7, 7);
	shape("made");
	xa_destroy(&array);
	make(1 << 24, 9);
	shape("made");
	xa_destroy(&array);
	xa_store(&array, 130, xa_mk_value(1), GFP_KERNEL);
	make(128, 8);
	shape("made");
	xa_destroy(&array);
	xas_set_err(&xas, -EEXIST);
	xas_create_range(&xas);
	pr_info("error %d\n", xas_error(&xas));
}

static void cut(unsigned long index, unsigned int order, unsigned int new_order, bool value)
{
	XA_STATE_ORDER(xas, &array, index, order);
	void *entry = value ? xa_mk_value(7) : &array;
	unsigned long at, found = 0, sum = 0;

	xas_lock(&xas);
	xas_store(&xas, xa_mk_value(6));
	xas_set_mark(&xas, XA_MARK_2);
	xas_unlock(&xas);
	xas_set_order(&xas, index, new_order);
	xas_set_update(&xas, follow);
	xas_split_alloc(&xas, entry, order, GFP_KERNEL);
	pr_info("split %lx order %u to %u: %d spare %d\n", index, order, new_order, xas_error(&xas), !!xas.xa_alloc);
	if (xas_error(&xas))
		goto out;
	xas_lock(&xas);
	xas_split(&xas, entry, order);
	xas_unlock(&xas);
	xa_for_each(&array, at, entry)
		found++, sum += at;
	pr_info("split: %lu entries, sum %lx, spare %d, orders %d %d, marked %d\n", found, sum, !!xas.xa_alloc,
		xa_get_order(&array, index), xa_get_order(&array, index + (1 << order) - 1),
		xa_get_mark(&array, index + (1 << order) - 1, XA_MARK_2));
	shape("split");
out:
	xa_destroy(&array);
	updates = emptied = 0;
}

static void splits(void)
{
	cut(0, 3, 0, true);
	cut(8, 3, 1, false);
	cut(64, 6, 0, true);
	cut(64, 6, 3, false);
	cut(0, 9, 0, true);
	cut(512, 9, 0, false);
	cut(512, 9, 2, true);
	cut(512, 9, 7, true);
	cut(4096, 12, 6, false);
	cut(0, 13, 0, true);
}

static void deletes(void)
{
	XA_STATE(xas, &array, 0);
	unsigned long index;
	void *old;

	xas_set_update(&xas, follow);
	for (index = 0; index < 300; index += 50) {
		xas_set(&xas, index);
		do {
			xas_lock(&xas);
			xas_store(&xas, xa_mk_value(index));
			xas_unlock(&xas);
		} while (xas_nomem(&xas, GFP_KERNEL));
	}
	shape("filled");
	xas_set(&xas, 200);
	xas_lock(&xas);
	xas_load(&xas);
	xa_delete_node(xas.xa_node, follow);
	xas_unlock(&xas);
	pr_info("deleted: %d %d\n", !xa_load(&array, 200), !xa_load(&array, 150));
	shape("deleted");
	for (index = 0; index < 300; index += 50) {
		xas_set(&xas, index);
		xas_lock(&xas);
		old = xas_store(&xas, NULL);
		xas_unlock(&xas);
		pr_info("erased %lu: %lu, %u updates, %u emptied\n", index, xa_to_value(old), updates, emptied);
	}
	shape("erased");
	xa_store(&array, 5, xa_mk_value(5), GFP_KERNEL);
	xas_set(&xas, 5);
	xas_lock(&xas);
	xas_load(&xas);
	xa_delete_node(xas.xa_node, follow);
	xas_unlock(&xas);
	pr_info("empty %d\n", xa_empty(&array));
	shape("last");
}

static int __init ranges_init(void)
{
	ranges();
	made();
	splits();
	deletes();
	return 0;
}

static void __exit ranges_exit(void)
{
	xa_destroy(&array);
}

module_init(ranges_init);
module_exit(ranges_exit);
MODULE_LICENSE("GPL");
