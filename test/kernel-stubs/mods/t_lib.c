// Calls the library functions that stubs stand for and prints what they do.
#include <linux/module.h>
#include <linux/string.h>
#include <linux/sort.h>
#include <linux/bsearch.h>
#include <linux/list_sort.h>
#include <linux/rbtree.h>
#include <linux/xarray.h>
#include <linux/idr.h>
#include <linux/bitmap.h>
#include <linux/uuid.h>
#include <linux/crc32.h>
#include <linux/crc-ccitt.h>
#include <linux/gcd.h>
#include <linux/lcm.h>
#include <linux/rational.h>
#include <linux/radix-tree.h>
#include <linux/slab.h>
#include <linux/llist.h>
#include <linux/jump_label.h>
#include <linux/uaccess.h>
#include <linux/refcount.h>
#include <linux/prandom.h>
#include <linux/reciprocal_div.h>
#include <linux/bitrev.h>
#include <linux/kfifo.h>
#include <linux/siphash.h>
#include <linux/once.h>
#include <linux/scatterlist.h>
#include <linux/bcd.h>
#include <linux/glob.h>
#include <linux/errseq.h>

static noinline void *opaque(void *p) { barrier_data(p); return p; }
#define S(text) ((char *)opaque((void *)(text)))

static void strings(void)
{
	static char buf[64], buf2[64];
	char *cursor, *part;
	static const char *const words[] = { "one", "two", "three", NULL };

	memset(buf, 0xaa, sizeof(buf));
	pr_info("strscpy %zd %8phN\n", strscpy(opaque(buf), S("abc"), 20), buf);
	memset(buf, 0xaa, sizeof(buf));
	pr_info("strscpy cut %zd %8phN\n", strscpy(opaque(buf), S("abcdefghij"), 6), buf);
	memset(buf, 0xaa, sizeof(buf));
	strncpy(opaque(buf), S("xy"), 5);
	pr_info("strncpy %8phN\n", buf);
	pr_info("strscpy_pad %zd %12phN\n", strscpy_pad(opaque(buf), S("q"), 10), buf);
	pr_info("strlcpy %zu %s\n", strlcpy(opaque(buf2), S("hello world"), 6), buf2);
	pr_info("strlcat %zu %s\n", strlcat(opaque(buf2), S(", you"), 8), buf2);
	pr_info("cmp %d %d %d %d %d\n", strcmp(S("a"), S("b")), strcmp(S("b"), S("a")),
		strncmp(S("abc"), S("abd"), 2), strcasecmp(S("HeLLo"), S("hEllo")), strncasecmp(S("abz"), S("aby"), 3));
	pr_info("memcmp %d\n", memcmp(opaque("abcz"), opaque("abca"), (size_t)opaque((void *)4)));
	cursor = S("path/to/file");
	pr_info("chr %s %s %s %d\n", strchr(cursor, '/'), strrchr(cursor, '/'), strstr(cursor, S("to")),
		strnchr(cursor, 3, '/') == NULL);
	pr_info("span %zu %zu %s\n", strspn(cursor, S("hatp")), strcspn(cursor, S("/")), strpbrk(cursor, S("xo/")));
	strcpy(buf, "a,b;;c");
	cursor = buf;
	while ((part = strsep(&cursor, ",;")))
		pr_info("part '%s'\n", part);
	strcpy(buf, " \t word \n");
	pr_info("strim '%s'\n", strim(opaque(buf)));
	pr_info("streq %d %d\n", sysfs_streq(S("on\n"), S("on")), sysfs_streq(S("on"), S("one")));
	pr_info("match %d %d\n", match_string(words, 3, S("three")), match_string(words, -1, S("four")));
	pr_info("inv %d\n", (int)((char *)memchr_inv(S("aaab"), 'a', 5) ? 1 : 0));
}

static int compares;
static int cmp_int(const void *a, const void *b) { compares++; return *(int *)a - *(int *)b; }
struct item { struct list_head list; struct rb_node node; int key; };
static int cmp_item(void *priv, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct item, list)->key % 5 > list_entry(b, struct item, list)->key % 5;
}
static bool rb_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, node)->key < rb_entry(b, struct item, node)->key;
}
static void sorting(void)
{
	int values[] = { 9, 4, 7, 1, 8, 2, 6, 3, 5, 0 }, key = 7, *found, i;
	static struct item items[12];
	struct item *item;
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	LIST_HEAD(head);

	sort(values, 10, sizeof(int), cmp_int, NULL);
	pr_info("sorted %*ph after %d\n", 40, values, compares);
	found = bsearch(&key, values, 10, sizeof(int), cmp_int);
	pr_info("bsearch %d after %d\n", found ? (int)(found - values) : -1, compares);
	for (i = 0; i < 12; i++) {
		items[i].key = (i * 7) % 12;
		list_add_tail(&items[i].list, &head);
		rb_add(&items[i].node, &root, rb_less);
	}
	list_sort(NULL, &head, cmp_item);
	list_for_each_entry(item, &head, list)
		pr_cont("%s%d", item->list.prev == &head ? "list " : " ", item->key);
	pr_cont("\n");
	rb_erase(&items[3].node, &root);
	rb_erase(&items[8].node, &root);
	for (node = rb_first(&root); node; node = rb_next(node))
		pr_cont(" %d", rb_entry(node, struct item, node)->key);
	pr_cont(" top %d\n", rb_entry(root.rb_node, struct item, node)->key);
	for (node = rb_first_postorder(&root); node; node = rb_next_postorder(node))
		pr_cont(" %d", rb_entry(node, struct item, node)->key);
	pr_cont(" post\n");
	list_del(&items[2].list);
	list_move(&items[5].list, &head);
	pr_info("first %d\n", list_first_entry(&head, struct item, list)->key);
}

static int show_id(int id, void *p, void *data) { pr_info("id %d %s %s\n", id, (char *)p, (char *)data); return 0; }
static void arrays(void)
{
	static DEFINE_XARRAY(plain);
	static DEFINE_XARRAY_ALLOC1(ids);
	static DEFINE_IDR(idr);
	static DEFINE_IDA(ida);
	static RADIX_TREE(tree, GFP_KERNEL);
	static struct text { char text[8]; } __aligned(8) zero = { "zero" }, far = { "far" }, x = { "x" }, y = { "y" };
	static struct text names[] = { { "a" }, { "b" }, { "c" }, { "d" }, { "e" } };
	struct radix_tree_iter iter;
	void __rcu **slot;
	unsigned long index;
	void *entry;
	u32 id, next = 3;
	int i, r;

	xa_store(&plain, 0, &zero, GFP_KERNEL);
	pr_info("root only %d\n", !xa_is_internal(plain.xa_head));
	xa_store(&plain, 1UL << 40, &far, GFP_KERNEL);
	xa_store(&plain, 70, xa_mk_value(1234567), GFP_KERNEL);
	xa_set_mark(&plain, 70, XA_MARK_1);
	xa_for_each(&plain, index, entry)
		pr_info("xa %lx %lx\n", index, xa_is_value(entry) ? xa_to_value(entry) : ((char *)entry)[0]);
	xa_for_each_marked(&plain, index, entry, XA_MARK_1)
		pr_info("marked %lu\n", index);
	pr_info("insert %d %d\n", xa_insert(&plain, 70, &x, GFP_KERNEL), xa_insert(&plain, 71, &y, GFP_KERNEL));
	pr_info("cmpxchg %d\n", xa_cmpxchg(&plain, 71, NULL, &x, GFP_KERNEL) != NULL);
	pr_info("bad store %d\n", xa_err(xa_store(&plain, 1, NULL, GFP_KERNEL)));
	xa_destroy(&plain);
	pr_info("empty %d\n", xa_empty(&plain));
	for (i = 0; i < 3; i++) {
		r = xa_alloc(&ids, &id, &ids, xa_limit_31b, GFP_KERNEL);
		pr_info("alloc %d %u\n", r, id);
	}
	r = xa_alloc_cyclic(&ids, &id, &ids, XA_LIMIT(0, 5), &next, GFP_KERNEL);
	pr_info("cyclic %d %u %u\n", r, id, next);
	r = xa_alloc_cyclic(&ids, &id, &ids, XA_LIMIT(0, 5), &next, GFP_KERNEL);
	pr_info("cyclic %d %u %u\n", r, id, next);
	r = xa_alloc_cyclic(&ids, &id, &ids, XA_LIMIT(0, 5), &next, GFP_KERNEL);
	pr_info("cyclic %d %u %u\n", r, id, next);
	xa_erase(&ids, 2);
	r = xa_alloc(&ids, &id, &ids, xa_limit_31b, GFP_KERNEL);
	pr_info("again %d %u\n", r, id);
	xa_destroy(&ids);
	pr_info("idr %d", idr_alloc(&idr, &names[0], 0, 0, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &names[1], 100, 0, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &names[2], 0, 2, GFP_KERNEL));
	pr_cont(" %d", idr_alloc(&idr, &names[3], 0, 2, GFP_KERNEL));
	pr_cont(" %d\n", idr_alloc_cyclic(&idr, &names[4], 0, 0, GFP_KERNEL));
	idr_for_each(&idr, show_id, "data");
	pr_info("find %s removed %s left %d\n", (char *)idr_find(&idr, 100), (char *)idr_remove(&idr, 1), idr_find(&idr, 1) != NULL);
	idr_preload(GFP_KERNEL);
	pr_info("preempt %d\n", preempt_count());
	idr_preload_end();
	idr_destroy(&idr);
	pr_info("idr empty %d\n", idr_is_empty(&idr));
	for (i = 0; i < 70; i++)
		ida_alloc(&ida, GFP_KERNEL);
	ida_free(&ida, 5);
	ida_free(&ida, 65);
	pr_info("ida %d", ida_alloc(&ida, GFP_KERNEL));
	pr_cont(" %d", ida_alloc(&ida, GFP_KERNEL));
	pr_cont(" %d", ida_alloc_min(&ida, 2000, GFP_KERNEL));
	pr_cont(" %d\n", ida_alloc_range(&ida, 10, 20, GFP_KERNEL));
	ida_destroy(&ida);
	pr_info("ida empty %d\n", ida_is_empty(&ida));
	for (i = 0; i < 5; i++)
		radix_tree_insert(&tree, i * i * 30, (void *)(0x1000UL + i * 16));
	pr_info("dup %d\n", radix_tree_insert(&tree, 30, &tree));
	radix_tree_tag_set(&tree, 120, 1);
	radix_tree_for_each_slot(slot, &tree, &iter, 0)
		pr_info("radix %lu %lx\n", iter.index, (unsigned long)radix_tree_deref_slot(slot));
	radix_tree_for_each_tagged(slot, &tree, &iter, 0, 1)
		pr_info("tagged %lu\n", iter.index);
	for (i = 0; i < 5; i++)
		radix_tree_delete(&tree, i * i * 30);
	pr_info("radix empty %d\n", radix_tree_empty(&tree));
}

static void bits(void)
{
	DECLARE_BITMAP(a, 200);
	DECLARE_BITMAP(b, 200);
	DECLARE_BITMAP(c, 200);
	unsigned long *heap = bitmap_zalloc(100, GFP_KERNEL), bit;
	uuid_t uuid;
	guid_t guid;
	u32 words[4] = { 1, 2, 3, 4 };

	bitmap_zero(a, 200);
	bitmap_set(a, 5, 70);
	bitmap_clear(a, 60, 3);
	bitmap_fill(b, 200);
	bitmap_shift_left(c, a, 77, 200);
	pr_info("%*pbl weight %d next %lu zero %lu last %lu\n", 200, a, bitmap_weight(a, 200),
		find_next_bit(a, 200, 80), find_next_zero_bit(a, 200, 10), find_last_bit(a, 200));
	pr_info("%*pbl %d %d\n", 200, c, bitmap_intersects(a, c, 200), bitmap_subset(a, b, 200));
	bitmap_xor(c, a, b, 200);
	pr_info("%*pbl\n", 200, c);
	for_each_set_bit(bit, a, 8)
		pr_info("bit %lu\n", bit);
	pr_info("region %d %d %lu\n", bitmap_find_free_region(heap, 100, 3), bitmap_find_free_region(heap, 100, 2),
		bitmap_find_next_zero_area(heap, 100, 0, 9, 7));
	bitmap_from_arr32(a, words, 100);
	pr_info("%*pb\n", 100, a);
	bitmap_free(heap);
	pr_info("uuid %d %pU\n", uuid_parse("c33f4995-3701-450e-9fbf-206a2e98e576", &uuid), &uuid);
	pr_info("guid %d %*ph %d\n", guid_parse("c33f4995-3701-450e-9fbf-206a2e98e576", &guid), 16, &guid, uuid_is_valid("nope"));
	pr_info("crc %08x %08x %08x %04x\n", crc32_le(~0, "123456789", 9), __crc32c_le(~0, "123456789", 9),
		crc32_be(~0, "123456789", 9), crc_ccitt(0xffff, "123456789", 9));
	pr_info("rev %x hweight %u\n", bitrev32(0x12345678), hweight32(*(u32 *)opaque(words)));
	pr_info("bcd %d %x\n", bcd2bin(*(u8 *)opaque("\x42")), bin2bcd(*(u8 *)opaque("\x2a")));
}

static DEFINE_STATIC_KEY_FALSE(switch_key);
static noinline int branch(void) { return static_branch_unlikely(&switch_key) ? 1 : 0; }
static void numbers(void)
{
	unsigned long n, d;
	struct reciprocal_value r = reciprocal_value(641);
	struct rnd_state rnd;
	refcount_t count = REFCOUNT_INIT(2);
	char c[16];

	rational_best_approximation(31415926, 10000000, 1000, 1000, &n, &d);
	pr_info("gcd %lu lcm %lu %lu/%lu sqrt %lu\n", gcd(48, 36), lcm(4, 6), n, d, int_sqrt(1000000));
	pr_info("reciprocal %u %u %u %u\n", r.m, r.sh1, r.sh2, reciprocal_divide(123456789, r));
	prandom_seed_state(&rnd, 42);
	pr_info("prandom %u %u\n", prandom_u32_state(&rnd), prandom_u32_state(&rnd));
	prandom_bytes_state(&rnd, c, 7);
	pr_info("bytes %7ph\n", c);
	pr_info("branch %d", branch());
	static_branch_enable(&switch_key);
	pr_cont(" %d", branch());
	static_branch_inc(&switch_key);
	static_branch_dec(&switch_key);
	pr_cont(" %d", branch());
	static_branch_disable(&switch_key);
	pr_cont(" %d %d\n", branch(), static_key_count(&switch_key.key));
	pr_info("refcount %d %d %d\n", refcount_dec_not_one(&count), refcount_dec_not_one(&count), refcount_dec_if_one(&count));
	pr_info("nofault %ld %ld %ld\n", copy_from_kernel_nofault(c, "kernel text", 4),
		copy_from_kernel_nofault(c, (void *)0xfffffffffffff000ul, 4), copy_from_kernel_nofault(c, (void *)0x1000, 4));
}

static int __init t_lib_init(void)
{
	strings();
	sorting();
	arrays();
	bits();
	numbers();
	return 0;
}
static void __exit t_lib_exit(void) {}
module_init(t_lib_init);
module_exit(t_lib_exit);
MODULE_LICENSE("GPL");
