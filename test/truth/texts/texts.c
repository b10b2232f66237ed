// SPDX-License-Identifier: GPL-2.0-only
/* Texts that mean something: bitmaps, patterns; lists joined; records of a FIFO described for a device; symbols. */
#include <linux/bitmap.h>
#include <linux/glob.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#define BITS 70

static void lists(void)
{
	static const char *const texts[] = {
		"", "\n", "0", "3-5", "N", "0-N", "all", "ALL:1/3", "5-N:2/8", " 1 , 2\t,,3 ", "1\n2", "0-9:1/2\n20",
		"70", "0-70", "4-2", "1-", "-1", "x", "1:2", "1-5:2", "1-5:3/2", "1-5:0/0", "4294967295", "4294967296",
		"1,2,x", "0-3:0/2", "All", "al", "0x1", "1-2-3", "99999999999999999999",
	};
	DECLARE_BITMAP(map, BITS);
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bitmap_fill(map, BITS);
		ret = bitmap_parselist(texts[i], map, BITS);
		pr_info("list \"%s\": %d %*pbl\n", texts[i], ret, BITS, map);
	}
}

static void hexadecimal(void)
{
	static const char *const texts[] = {
		"", "0", "1", "ff", "deadbeef", "1,0", "1,2,3", "3f,ffffffff,ffffffff", "40,0,0", "1,0,0,0", "123456789",
		"x12345678", "g", "1 2", ",,1,,", "1\n2", "0x1", " a ", "DeadBeef,", "1-2", "\n",
	};
	DECLARE_BITMAP(map, BITS);
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bitmap_fill(map, BITS);
		ret = bitmap_parse(texts[i], UINT_MAX, map, BITS);
		pr_info("hex \"%s\": %d %*pb\n", texts[i], ret, BITS, map);
	}
	ret = bitmap_parse("ffff", 2, map, BITS);
	pr_info("hex of two characters: %d %*pb\n", ret, BITS, map);
}

static void printed(void)
{
	DECLARE_BITMAP(map, BITS) = { 0xf0f00000000000ffUL, 0x21 };
	DECLARE_BITMAP(cut, BITS);
	char *page = (char *)__get_free_page(GFP_KERNEL | __GFP_ZERO);
	int ret;

	if (!page)
		return;
	ret = bitmap_print_to_pagebuf(true, page, map, BITS);
	pr_info("page list: %d %s", ret, page);
	ret = bitmap_print_to_pagebuf(false, page, map, BITS);
	pr_info("page mask: %d %s", ret, page);
	ret = bitmap_print_to_pagebuf(true, page + PAGE_SIZE - 8, map, BITS);
	pr_info("end of page: %d %s\n", ret, page + PAGE_SIZE - 8);
	memset(page, '#', 64);
	ret = bitmap_print_list_to_buf(page, map, BITS, 4, 6);
	pr_info("part of the list: %d %.12s\n", ret, page);
	memset(page, '#', 64);
	ret = bitmap_print_bitmask_to_buf(page, map, BITS, 0, 100);
	pr_info("mask: %d %s", ret, page);
	ret = bitmap_print_bitmask_to_buf(page, map, BITS, 100, 100);
	pr_info("behind it: %d\n", ret);
	ret = bitmap_print_bitmask_to_buf(page, map, BITS, -1, 100);
	pr_info("before it: %d\n", ret);
	bitmap_cut(cut, map, 4, 30, BITS);
	pr_info("cut: %*pbl\n", BITS, cut);
	bitmap_cut(cut, map, 66, 2, BITS);
	pr_info("cut: %*pbl\n", BITS, cut);
	free_page((unsigned long)page);
}

static void patterns(void)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "", "a" }, { "a", "" }, { "*", "" }, { "**", "ab" }, { "?", "" }, { "?", "a" }, { "a*c", "abbc" },
		{ "a*c", "abcd" }, { "*ab", "aaab" }, { "[abc]", "b" }, { "[!abc]", "b" }, { "[a-c]x", "bx" }, { "[]a]", "]" },
		{ "[a", "[a" }, { "[a-", "[a-" }, { "[a-]", "-" }, { "\\*", "*" }, { "\\*", "a" }, { "a\\", "a" }, { "*[0-9]?", "ab12" },
		{ "[z-a]", "m" }, { "a/*", "a/b/c" }, { "*.[ch]", "x.c" }, { "*.[ch]", "x.o" }, { "[^a]", "b" }, { "[^a]", "^" },
		{ "*a*b*c*", "xxaxxbxxc" }, { "*a*b*c*", "xxaxxcxxb" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		pr_info("\"%s\" and \"%s\": %d\n", pairs[i][0], pairs[i][1], glob_match(pairs[i][0], pairs[i][1]));
}

static void joined(void)
{
	char *first[] = { "a", "b", NULL }, *second[] = { "c", NULL }, *none[] = { NULL };
	char **all = memcat_p(first, second), **empty = memcat_p(none, none);

	if (all && empty)
		pr_info("joined: %s %s %s %d %d\n", all[0], all[1], all[2], !all[3], !empty[0]);
	kfree(all);
	kfree(empty);
}

static void described(void)
{
	static DECLARE_KFIFO(bytes, unsigned char, 32);
	static struct kfifo_rec_ptr_1 records;
	struct scatterlist sg[4];
	unsigned char in[40];
	int n;

	memset(in, 'x', sizeof(in));
	INIT_KFIFO(bytes);
	kfifo_in(&bytes, in, 20);
	n = kfifo_out(&bytes, in, 10);
	sg_init_table(sg, ARRAY_SIZE(sg));
	n = kfifo_dma_in_prepare(&bytes, sg, ARRAY_SIZE(sg), 50);
	pr_info("room: %d pieces of %u and %u\n", n, sg[0].length, sg[1].length);
	n = kfifo_dma_in_prepare(&bytes, sg, 1, 50);
	pr_info("in one piece: %d of %u\n", n, sg[0].length);
	kfifo_dma_in_finish(&bytes, 15);
	n = kfifo_dma_out_prepare(&bytes, sg, ARRAY_SIZE(sg), 50);
	pr_info("filled: %d pieces of %u and %u\n", n, sg[0].length, sg[1].length);
	kfifo_dma_out_finish(&bytes, 20);
	pr_info("left: %u\n", kfifo_len(&bytes));

	if (kfifo_alloc(&records, 64, GFP_KERNEL))
		return;
	n = kfifo_dma_in_prepare(&records, sg, ARRAY_SIZE(sg), 24);
	pr_info("record: %d piece of %u\n", n, sg[0].length);
	kfifo_dma_in_finish(&records, 24);
	pr_info("its length: %u, %u in all\n", kfifo_peek_len(&records), kfifo_len(&records));
	n = kfifo_dma_out_prepare(&records, sg, ARRAY_SIZE(sg), 24);
	pr_info("out: %d piece of %u\n", n, sg[0].length);
	kfifo_dma_out_finish(&records, 24);
	pr_info("too long: %d; empty: %d\n", kfifo_dma_in_prepare(&records, sg, 4, 64), kfifo_is_empty(&records));
	kfifo_free(&records);
}

static int __init texts_init(void)
{
	lists();
	hexadecimal();
	printed();
	patterns();
	joined();
	described();
	pr_info("free to all: %d; for the GPL: %d; nobody's: %d\n", __symbol_get("jiffies") != NULL,
		__symbol_get("system_wq") != NULL, __symbol_get("no_such_symbol") != NULL);
	return 0;
}

static void __exit texts_exit(void)
{
}

module_init(texts_init);
module_exit(texts_exit);
MODULE_LICENSE("GPL");
