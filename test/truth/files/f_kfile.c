// SPDX-License-Identifier: GPL-2.0
/* Files that the kernel opens; a file system type; user strings. */
#define pr_fmt(fmt) "f_kfile: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/file.h>
#include <linux/string.h>
#include <linux/slab.h>
#include <linux/kthread.h>

static struct file_system_type type = { .owner = THIS_MODULE, .name = "f_kfile_fs" };
static struct file_system_type same = { .owner = THIS_MODULE, .name = "f_kfile_fs" };

static int __init f_init(void)
{
	struct file *f;
	char buf[32] = "";
	loff_t pos = 0;
	ssize_t r;

	pr_info("missing %ld\n", PTR_ERR(filp_open("/tmp_f/none", O_RDONLY, 0)));
	pr_info("directory %ld\n", PTR_ERR(filp_open("/dev", O_RDWR, 0)));
	f = filp_open("/f_kfile", O_RDWR | O_CREAT | O_TRUNC, 0600);
	pr_info("open %d\n", !IS_ERR(f));
	if (IS_ERR(f))
		return PTR_ERR(f);
	r = kernel_write(f, "hello file", 10, &pos);
	pr_info("write %zd pos %lld f_pos %lld size %lld\n", r, pos, f->f_pos, i_size_read(file_inode(f)));
	pos = 6;
	r = kernel_read(f, buf, sizeof(buf), &pos);
	pr_info("read %zd '%s' pos %lld\n", r, buf, pos);
	r = kernel_read(f, buf, sizeof(buf), &pos);
	pr_info("read at the end %zd\n", r);
	pr_info("seek %lld %lld\n", vfs_llseek(f, -4, SEEK_END), vfs_llseek(f, 2, SEEK_CUR));
	pr_info("fsync %d\n", vfs_fsync(f, 0));
	pr_info("name %pD mode %o\n", f, file_inode(f)->i_mode);
	filp_close(f, NULL);
	f = filp_open("/f_kfile", O_WRONLY | O_APPEND, 0);
	pos = 0;
	r = kernel_write(f, "!", 1, &pos);
	pr_info("append %zd pos %lld\n", r, pos);
	pr_info("read of a write-only file %zd\n", kernel_read(f, buf, 1, &pos));
	filp_close(f, NULL);
	f = filp_open("/dev/null", O_RDWR, 0);
	pos = 0;
	pr_info("null: %zd\n", kernel_write(f, "x", 1, &pos));
	filp_close(f, NULL);
	pr_info("register %d again %d same name %d\n", register_filesystem(&type), register_filesystem(&type), register_filesystem(&same));
	return 0;
}
static void __exit f_exit(void)
{
	pr_info("unregister %d\n", unregister_filesystem(&type));
	pr_info("again %d\n", unregister_filesystem(&type));
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("kernel files");
MODULE_ALIAS_FS("f_kfile_fs");
