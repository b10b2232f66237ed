// SPDX-License-Identifier: GPL-2.0-only
/* A bitmap behind a sysctl. */
#define pr_fmt(fmt) "f_bits: " fmt
#include <linux/bitmap.h>
#include <linux/module.h>
#include <linux/sysctl.h>

#define BITS 200
static unsigned long *bits;
static unsigned long *none;
static struct ctl_table table[] = {
	{ .procname = "bits", .data = &bits, .maxlen = BITS, .mode = 0644, .proc_handler = proc_do_large_bitmap },
	{ .procname = "none", .data = &none, .maxlen = BITS, .mode = 0644, .proc_handler = proc_do_large_bitmap },
	{ }
};
static struct ctl_table_header *header;
static char text[5000];

static void call(const char *what, int write, const char *given, size_t len, loff_t pos)
{
	int ret;

	strscpy(text, given, sizeof(text));
	ret = proc_do_large_bitmap(table, write, text, &len, &pos);
	pr_info("%s: %d len %zu pos %lld bits %*pbl\n", what, ret, len, pos, BITS, bits);
	if (!write && !ret)
		pr_info("text %.*s|\n", (int)min_t(size_t, len, 60), text);
}

static int __init f_bits_init(void)
{
	static const char * const lines[] = { "5", "1-3,7,199\n", "\n\n9\n10\n", "3-", "-3", "4-2", "200", "198-200", "1,,2", "1 2", "1,2,",
		"0x10-0x1f", "010", "1-2-3", "x", "00000000000000000000000001", "12345678901234567890", "5\n6,8-9", "" , ",", "7-\n" };
	int i;

	bits = bitmap_zalloc(BITS, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		call(lines[i], 1, lines[i], strlen(lines[i]), 0);
	call("some", 1, "1,2,64-70,130", 13, 0);
	call("more", 1, "3,190-199", 9, 5);
	call("read", 0, "", 100, 0);
	call("short", 0, "", 7, 0);
	call("one", 0, "", 1, 0);
	call("later", 0, "", 100, 3);
	for (i = 0; i < 4999; i++)
		text[i] = "123,"[i % 4];
	{
		size_t len = 4999;
		loff_t pos = 0;
		int ret = proc_do_large_bitmap(table, 1, text, &len, &pos);

		pr_info("long: %d len %zu pos %lld bits %*pbl\n", ret, len, pos, BITS, bits);
	}
	bitmap_zero(bits, BITS);
	call("empty", 0, "", 100, 0);
	bitmap_fill(bits, BITS);
	call("full", 0, "", 100, 0);
	header = register_sysctl("kobox_bits", table);
	return header ? 0 : -ENOMEM;
}

static void __exit f_bits_exit(void)
{
	unregister_sysctl_table(header);
	bitmap_free(bits);
}

module_init(f_bits_init);
module_exit(f_bits_exit);
MODULE_LICENSE("GPL");
