/* SPDX-License-Identifier: GPL-2.0 */
/* What the generated modules call: each case prints its number, its result and its text. */
#include <linux/blkdev.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <net/net_namespace.h>
#include <linux/workqueue.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/parser.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

static char text[1024] __maybe_unused;
static u8 slot[4][64] __maybe_unused;

static noinline __maybe_unused void show(int number, size_t size, const char *fmt, ...)
{
	va_list args;
	int ret;

	memset(text, '~', 32);
	text[32] = 0;
	va_start(args, fmt);
	ret = vsnprintf(text, size, fmt, args);
	va_end(args);
	pr_info("%d %d [%s]\n", number, ret, text);
}

static noinline __maybe_unused void nest(int number, const char *outer, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	show(number, 900, outer, &vaf, &vaf);
	va_end(args);
}

static noinline __maybe_unused void scan(int number, int count, const char *from, const char *fmt, ...)
{
	va_list args;
	int ret, i;

	memset(slot, 0xa5, sizeof(slot));
	va_start(args, fmt);
	ret = vsscanf(from, fmt, args);
	va_end(args);
	text[0] = 0;
	for (i = 0; i < count; i++)
		snprintf(text + strlen(text), 100, " %16phN", slot[i]);
	pr_info("%d %d%s\n", number, ret, text);
}

#define KSTR(number, function, from, base)						\
do {											\
	u64 value = 0xa5a5a5a5a5a5a5a5ULL;						\
	int ret = function(from, base, (void *)&value);					\
											\
	pr_info("%d %d %016llx\n", number, ret, value);					\
} while (0)

#define SIMPLE(number, function, from, base)						\
do {											\
	const char *start = from;							\
	char *end;									\
	u64 value = function(start, &end, base);					\
											\
	pr_info("%d %016llx %d\n", number, value, (int)(end - start));			\
} while (0)

static noinline __maybe_unused void boolean(int number, const char *from)
{
	bool value = false;
	int ret = kstrtobool(from, &value);

	pr_info("%d %d %d\n", number, ret, value);
}

static noinline __maybe_unused void size(int number, const char *from)
{
	char *end;
	u64 value = memparse(from, &end);

	pr_info("%d %016llx %d\n", number, value, (int)(end - from));
}

static noinline __maybe_unused void option(int number, const char *from)
{
	char *at = (char *)from;
	int value = -1, ret = get_option(&at, &value);

	pr_info("%d %d %d %d\n", number, ret, value, (int)(at - from));
}

static noinline __maybe_unused void options(int number, const char *from, int room)
{
	int values[16], i;
	char *end;

	for (i = 0; i < 16; i++)
		values[i] = -1;
	end = get_options(from, room, values);
	text[0] = 0;
	for (i = 0; i < (room ? room : 1); i++)
		snprintf(text + strlen(text), 100, " %d", values[i]);
	pr_info("%d %d%s\n", number, (int)(end - from), text);
}

static noinline __maybe_unused void escape(int number, const u8 *from, size_t length, size_t size,
					   unsigned int flags, const char *only)
{
	int ret;

	memset(text, 0, sizeof(text));
	ret = string_escape_mem((const char *)from, length, text, size, flags, only);
	pr_info("%d %d [%s]\n", number, ret, text);
}

static noinline __maybe_unused void unescape(int number, const char *from, size_t size, unsigned int flags)
{
	char copy[64];
	int ret;

	strscpy(copy, from, sizeof(copy));
	memset(text, '~', 64);
	ret = string_unescape(copy, text, size, flags);
	pr_info("%d %d [%16phN]\n", number, ret, text);
}

static noinline __maybe_unused void get_size(int number, u64 size, u64 block, int units)
{
	char out[32];

	string_get_size(size, block, units, out, sizeof(out));
	pr_info("%d [%s]\n", number, out);
}

static const u8 sample[64] __aligned(16) __maybe_unused = {
	"The quick \x01\x7f\x80\xff fox\n jumps over\t16 bytes and some \\ more, to 64."
};

static noinline __maybe_unused void hexline(int number, size_t length, int row, int group, size_t size, bool ascii)
{
	int ret;

	memset(text, 0, sizeof(text));
	ret = hex_dump_to_buffer(sample, length, row, group, text, size, ascii);
	pr_info("%d %d [%s]\n", number, ret, text);
}

static noinline __maybe_unused void hexdump(int number, int type, size_t length, int row, int group, bool ascii)
{
	print_hex_dump(KERN_WARNING, "dump: ", type, row, group, sample, length, ascii);
	pr_info("%d\n", number);
}

static noinline __maybe_unused void match(int number, const char *from, const char *pattern)
{
	struct match_token table[] = { { 1, pattern }, { -1, NULL } };
	substring_t parts[MAX_OPT_ARGS];
	char copy[64];
	int token, i;

	strscpy(copy, from, sizeof(copy));
	for (i = 0; i < MAX_OPT_ARGS; i++)
		parts[i].from = parts[i].to = copy - 1;
	token = match_token(copy, table, parts);
	pr_info("%d %d %d-%d %d-%d %d-%d\n", number, token,
		(int)(parts[0].from - copy), (int)(parts[0].to - copy),
		(int)(parts[1].from - copy), (int)(parts[1].to - copy),
		(int)(parts[2].from - copy), (int)(parts[2].to - copy));
}

static noinline __maybe_unused void wildcard(int number, const char *pattern, const char *from)
{
	pr_info("%d %d\n", number, match_wildcard(pattern, from));
}

static noinline __maybe_unused void argv(int number, const char *from)
{
	int count = -1, i;
	char **words = argv_split(GFP_KERNEL, from, &count);

	text[0] = 0;
	for (i = 0; words[i]; i++)
		snprintf(text + strlen(text), 100, " [%s]", words[i]);
	pr_info("%d %d%s\n", number, count, text);
	argv_free(words);
}

static noinline __maybe_unused void nextarg(int number, const char *from)
{
	char copy[64], *param, *value, *next;

	strscpy(copy, from, sizeof(copy));
	next = next_arg(copy, &param, &value);
	pr_info("%d [%s] [%s] %d\n", number, param, value, (int)(next - copy));
}

/* Objects with just what the conversions look at. They are never freed: a case is done once. */

static __maybe_unused struct dentry *make_dentry(const char *path)
{
	struct dentry *parent = kzalloc(sizeof(*parent), GFP_KERNEL);
	char *copy = kstrdup(path, GFP_KERNEL), *name;

	parent->d_parent = parent;
	parent->d_name.name = "/";
	while ((name = strsep(&copy, "/"))) {
		struct dentry *child = kzalloc(sizeof(*child), GFP_KERNEL);

		if (!*name)
			continue;
		child->d_parent = parent;
		child->d_name.name = name;
		parent = child;
	}
	return parent;
}

static __maybe_unused struct file *make_file(const char *path)
{
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	file->f_path.dentry = make_dentry(path);
	return file;
}

static __maybe_unused struct block_device *make_bdev(const char *name, int partition)
{
	struct block_device *bdev = kzalloc(sizeof(*bdev), GFP_KERNEL);

	bdev->bd_disk = kzalloc(sizeof(*bdev->bd_disk), GFP_KERNEL);
	strscpy(bdev->bd_disk->disk_name, name, DISK_NAME_LEN);
	bdev->bd_partno = partition;
	return bdev;
}

/* The clock framework's structures are private; both begin so. */
static __maybe_unused void *make_clk(const char *name)
{
	void **core = kzalloc(64, GFP_KERNEL), **clk = kzalloc(64, GFP_KERNEL);

	core[0] = (void *)name;
	clk[0] = core;
	return clk;
}
