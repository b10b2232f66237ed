// SPDX-License-Identifier: GPL-2.0-only
/* A hash table that grows and shrinks while it is looked through. */
#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

struct item {
	u32 key;
	char name[12];
	struct rhash_head node;
	struct rhlist_head list;
};

static int count = 300;
module_param(count, int, 0);

static u32 hash_name(const void *data, u32 len, u32 seed)
{
	const struct item *item = data;

	return jhash(item->name, strlen(item->name), seed);
}

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return jhash(data, strlen(data), seed);
}

static int differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	return strcmp(arg->key, ((const struct item *)obj)->name);
}

static const struct rhashtable_params by_number = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct item, key),
	.head_offset = offsetof(struct item, node),
	.automatic_shrinking = true,
};
static const struct rhashtable_params by_name = {
	.head_offset = offsetof(struct item, node),
	.hashfn = hash_key,
	.obj_hashfn = hash_name,
	.obj_cmpfn = differs,
	.max_size = 64,
};
static const struct rhashtable_params in_lists = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct item, key),
	.head_offset = offsetof(struct item, list),
};

static struct rhashtable table;

static unsigned int size_of(struct rhashtable *ht)
{
	unsigned int size;

	rcu_read_lock();
	size = rcu_dereference(ht->tbl)->size;
	rcu_read_unlock();
	return size;
}

static void settle(struct rhashtable *ht)
{
	msleep(50);
	flush_work(&ht->run_work);
	msleep(50);
}

static struct item *make(u32 key)
{
	struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

	item->key = key;
	snprintf(item->name, sizeof(item->name), "item%u", key);
	return item;
}

/* Sums up what a walk finds; resizes are passed over. */
static void walk(struct rhashtable *ht, const char *what)
{
	struct rhashtable_iter iter;
	struct item *item, *again;
	unsigned int found = 0, sum = 0, peeked = 0;

	rhashtable_walk_enter(ht, &iter);
	rhashtable_walk_start(&iter);
	while ((item = rhashtable_walk_next(&iter))) {
		if (IS_ERR(item))
			continue;
		found++;
		sum += item->key;
		again = rhashtable_walk_peek(&iter);
		peeked += again == item;
		if (found % 50 == 0) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	pr_info("%s: walk found %u, sum %u, peeked %u\n", what, found, sum, peeked);
}

static void drop(void *ptr, void *arg)
{
	(*(unsigned int *)arg)++;
	kfree(ptr);
}

static void numbers(void)
{
	unsigned int i, hits = 0, dropped = 0;
	struct item *item;
	int err;

	err = rhashtable_init(&table, &by_number);
	pr_info("numbers: init %d, size %u, min %u\n", err, size_of(&table), table.p.min_size);
	for (i = 0; i < count; i++) {
		err = rhashtable_insert_fast(&table, &make(i)->node, by_number);
		if (err)
			pr_info("numbers: insert %u: %d\n", i, err);
	}
	item = make(7);
	pr_info("numbers: insert 7 again: %d\n", rhashtable_lookup_insert_fast(&table, &item->node, by_number));
	kfree(item);
	settle(&table);
	for (i = 0; i < 2 * count; i++)
		hits += rhashtable_lookup_fast(&table, &i, by_number) != NULL;
	pr_info("numbers: size %u, %d elements, %u hits\n", size_of(&table), atomic_read(&table.nelems), hits);
	walk(&table, "numbers");
	for (i = 20; i < count; i++) {
		item = rhashtable_lookup_fast(&table, &i, by_number);
		err = rhashtable_remove_fast(&table, &item->node, by_number);
		if (err)
			pr_info("numbers: remove %u: %d\n", i, err);
		kfree(item);
	}
	for (i = 0; i < 6; i++)
		settle(&table);
	pr_info("numbers: size %u, %d elements\n", size_of(&table), atomic_read(&table.nelems));
	walk(&table, "numbers");
	rhashtable_free_and_destroy(&table, drop, &dropped);
	pr_info("numbers: dropped %u\n", dropped);
}

static void names(void)
{
	unsigned int i, full = 0, dropped = 0;
	struct item *item, *old;
	int err;

	err = rhashtable_init(&table, &by_name);
	pr_info("names: init %d, size %u\n", err, size_of(&table));
	for (i = 0; i < 150; i++) {
		item = make(i);
		err = rhashtable_lookup_insert_key(&table, item->name, &item->node, by_name);
		if (err == -E2BIG)
			full++;
		else if (err)
			pr_info("names: insert %u: %d\n", i, err);
		if (err)
			kfree(item);
	}
	settle(&table);
	pr_info("names: size %u, %d elements, %u too many\n", size_of(&table), atomic_read(&table.nelems), full);
	item = make(3);
	old = rhashtable_lookup_get_insert_key(&table, "item3", &item->node, by_name);
	pr_info("names: get %d\n", old && !IS_ERR(old) ? old->key : -1);
	if (old)
		pr_info("names: replace %d\n", rhashtable_replace_fast(&table, &old->node, &item->node, by_name));
	pr_info("names: now %d\n", rhashtable_lookup_fast(&table, "item3", by_name) == item);
	kfree(old);
	walk(&table, "names");
	rhashtable_free_and_destroy(&table, drop, &dropped);
	pr_info("names: dropped %u\n", dropped);
}

static void lists(void)
{
	struct rhltable hlt;
	struct rhlist_head *head, *pos;
	struct item *item, *last = NULL;
	unsigned int i, key = 2, found = 0, dropped = 0;

	pr_info("lists: init %d\n", rhltable_init(&hlt, &in_lists));
	for (i = 0; i < 40; i++) {
		item = make(i % 10);
		pr_info("lists: %d\n", rhltable_insert(&hlt, &item->list, in_lists));
		if (i == 12)
			last = item;
	}
	rcu_read_lock();
	head = rhltable_lookup(&hlt, &key, in_lists);
	rhl_for_each_entry_rcu(item, pos, head, list)
		found++;
	rcu_read_unlock();
	pr_info("lists: %u with key 2, %d chains\n", found, atomic_read(&hlt.ht.nelems));
	walk(&hlt.ht, "lists");
	pr_info("lists: remove %d\n", rhltable_remove(&hlt, &last->list, in_lists));
	kfree(last);
	walk(&hlt.ht, "lists");
	rhltable_free_and_destroy(&hlt, drop, &dropped);
	pr_info("lists: dropped %u\n", dropped);
}

static int __init rht_init(void)
{
	const struct rhashtable_params none = { .head_offset = 0 };

	pr_info("no key: %d\n", rhashtable_init(&table, &none));
	numbers();
	names();
	lists();
	return 0;
}

static void __exit rht_exit(void)
{
}

module_init(rht_init);
module_exit(rht_exit);
MODULE_LICENSE("GPL");
