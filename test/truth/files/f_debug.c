// SPDX-License-Identifier: GPL-2.0
/* debugfs: every helper. */
#define pr_fmt(fmt) "f_debug: " fmt
#include <linux/module.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/io.h>

static struct dentry *dir;
static u8 a8 = 8, x8 = 0x18;
static u16 a16 = 16, x16 = 0x116;
static u32 a32 = 32, x32 = 0x132;
static u64 a64 = 64, x64 = 0x164;
static unsigned long ul = 77;
static size_t sz = 88;
static atomic_t at = ATOMIC_INIT(-5);
static bool yes = true;
static char *str;
static char bytes[] = "blob of bytes";
static struct debugfs_blob_wrapper blob = { bytes, sizeof(bytes) - 1 };
static u32 array[] = { 1, 2, 30, 400 };
static struct debugfs_u32_array wrap = { array, ARRAY_SIZE(array) };
static u32 regs[4] = { 0x11, 0x22, 0x33, 0x44 };
static const struct debugfs_reg32 names[] = { { "CTRL", 0 }, { "STATUS", 8 } };
static struct debugfs_regset32 set = { .regs = names, .nregs = 2 };
static u64 simple = 5;
static int get(void *d, u64 *v) { *v = simple; return 0; }
static int put(void *d, u64 v)
{
	pr_info("set %llu data %ld\n", v, (long)d);
	if (v > 100)
		return -ERANGE;
	simple = v;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(dattr, get, put, "0x%llx\n");
DEFINE_SIMPLE_ATTRIBUTE(sattr, get, NULL, "%llu\n");
static int list_show(struct seq_file *m, void *v)
{
	seq_printf(m, "private %ld\n", (long)m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(list);

static int __init f_init(void)
{
	struct dentry *d, *e;

	str = kstrdup("a string", GFP_KERNEL);
	dir = debugfs_create_dir("f_debug", NULL);
	debugfs_create_u8("a8", 0644, dir, &a8);
	debugfs_create_u16("a16", 0644, dir, &a16);
	debugfs_create_u32("a32", 0644, dir, &a32);
	debugfs_create_u64("a64", 0444, dir, &a64);
	debugfs_create_x8("x8", 0644, dir, &x8);
	debugfs_create_x16("x16", 0644, dir, &x16);
	debugfs_create_x32("x32", 0644, dir, &x32);
	debugfs_create_x64("x64", 0644, dir, &x64);
	debugfs_create_ulong("ul", 0644, dir, &ul);
	debugfs_create_size_t("sz", 0644, dir, &sz);
	debugfs_create_atomic_t("at", 0644, dir, &at);
	debugfs_create_bool("yes", 0644, dir, &yes);
	debugfs_create_blob("blob", 0444, dir, &blob);
	debugfs_create_u32_array("array", 0444, dir, &wrap);
	set.base = (void __iomem *)regs;
	debugfs_create_regset32("regs", 0444, dir, &set);
	debugfs_create_file("dattr", 0600, dir, (void *)3, &dattr);
	debugfs_create_file_unsafe("unsafe", 0600, dir, (void *)4, &dattr);
	debugfs_create_file("sattr", 0400, dir, NULL, &sattr);
	debugfs_create_file("list", 0444, dir, (void *)12, &list_fops);
	debugfs_create_symlink("link", dir, "a8");
	d = debugfs_create_dir("sub", dir);
	e = debugfs_create_dir("sub", dir);
	pr_info("twice %ld\n", PTR_ERR(e));
	pr_info("under an error %ld\n", PTR_ERR(debugfs_create_dir("x", e)));
	d = debugfs_rename(dir, d, dir, "renamed");
	pr_info("renamed %d\n", !IS_ERR(d));
	d = debugfs_lookup("renamed", dir);
	pr_info("lookup %d %pd, none %d\n", d != NULL, d, debugfs_lookup("nowhere", dir) == NULL);
	dput(d);
	debugfs_lookup_and_remove("ul", dir);
	return 0;
}
static void __exit f_exit(void)
{
	debugfs_remove_recursive(dir);
	kfree(str);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("debugfs");
