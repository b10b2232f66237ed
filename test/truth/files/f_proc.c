// SPDX-License-Identifier: GPL-2.0
/* /proc in all forms. */
#define pr_fmt(fmt) "f_proc: " fmt
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/poll.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <net/net_namespace.h>

static struct proc_dir_entry *dir, *sub;
static char *page;
static char text[32] = "start\n";

/* proc_ops with everything */
static int o_open(struct inode *i, struct file *f)
{
	pr_info("open data %ld size %lld\n", (long)pde_data(i), i_size_read(i));
	return nonseekable_open(i, f);
}
static ssize_t o_read(struct file *f, char __user *b, size_t n, loff_t *p)
{
	return simple_read_from_buffer(b, n, p, text, strlen(text));
}
static ssize_t o_write(struct file *f, const char __user *b, size_t n, loff_t *p)
{
	char *s = memdup_user_nul(b, min_t(size_t, n, sizeof(text) - 1));

	if (IS_ERR(s))
		return PTR_ERR(s);
	strscpy(text, s, sizeof(text));
	kfree(s);
	return n;
}
static loff_t o_seek(struct file *f, loff_t o, int w)
{
	pr_info("lseek %lld %d\n", o, w);
	return o;
}
static int o_release(struct inode *i, struct file *f)
{
	pr_info("release\n");
	return 0;
}
static const struct proc_ops full = {
	.proc_open = o_open, .proc_read = o_read, .proc_write = o_write, .proc_lseek = o_seek, .proc_release = o_release,
};
static const struct proc_ops readonly = { .proc_read = o_read };
static const struct proc_ops writeonly = { .proc_write = o_write };

/* seq_file by hand */
static void *s_start(struct seq_file *m, loff_t *p) { return *p < 3 ? (void *)(long)(*p + 1) : NULL; }
static void *s_next(struct seq_file *m, void *v, loff_t *p) { ++*p; return s_start(m, p); }
static void s_stop(struct seq_file *m, void *v) { }
static int s_show(struct seq_file *m, void *v)
{
	seq_printf(m, "item %ld", (long)v);
	seq_putc(m, '\n');
	return 0;
}
static const struct seq_operations sops = { .start = s_start, .next = s_next, .stop = s_stop, .show = s_show };
static int q_open(struct inode *i, struct file *f) { return seq_open(f, &sops); }
static const struct proc_ops seqs = {
	.proc_open = q_open, .proc_read_iter = seq_read_iter, .proc_lseek = seq_lseek, .proc_release = seq_release,
};
static int one(struct seq_file *m, void *v)
{
	seq_printf(m, "one, private %ld\n", (long)m->private);
	seq_puts(m, "tab:");
	seq_pad(m, '.');
	seq_put_decimal_ull(m, " ", 42);
	seq_escape(m, " a\tb\n", "\t\n");
	seq_write(m, "\n", 1);
	return 0;
}
static int u_open(struct inode *i, struct file *f) { return single_open(f, one, pde_data(i)); }
static const struct proc_ops singles = {
	.proc_open = u_open, .proc_read = seq_read, .proc_lseek = seq_lseek, .proc_release = single_release,
};
static int big(struct seq_file *m, void *v)
{
	int i;

	for (i = 0; i < 400; i++)
		seq_printf(m, "line %d of a text that does not fit\n", i);
	return 0;
}
static int b_open(struct inode *i, struct file *f) { return single_open_size(f, big, NULL, 20000); }
static const struct proc_ops bigs = {
	.proc_open = b_open, .proc_read = seq_read, .proc_lseek = seq_lseek, .proc_release = single_release,
};
static int netshow(struct seq_file *m, void *v)
{
	seq_printf(m, "net %d\n", m->private == &init_net);
	return 0;
}
static int p_show(struct seq_file *m, void *v)
{
	int *state = m->private;

	seq_printf(m, "private counts %d\n", ++*state);
	return 0;
}
static const struct seq_operations psops = { .start = s_start, .next = s_next, .stop = s_stop, .show = p_show };

static int __init f_init(void)
{
	struct proc_dir_entry *e;

	page = (char *)get_zeroed_page(GFP_KERNEL);
	dir = proc_mkdir("f_proc", NULL);
	sub = proc_mkdir_data("sub", 0700, dir, (void *)7);
	pr_info("mode %d\n", proc_mkdir_mode("mode", 0750, dir) != NULL);
	e = proc_create_data("full", 0644, dir, &full, (void *)5);
	proc_set_size(e, 123);
	proc_set_user(e, KUIDT_INIT(1000), KGIDT_INIT(100));
	proc_create("readonly", 0444, dir, &readonly);
	proc_create("writeonly", 0222, dir, &writeonly);
	proc_create("seq", 0, dir, &seqs);
	proc_create_data("single", 0, sub, &singles, (void *)9);
	proc_create("big", 0, dir, &bigs);
	proc_create_single_data("short", 0, dir, one, (void *)3);
	proc_create_seq("items", 0, dir, &sops);
	proc_create_seq_private("counts", 0, dir, &psops, sizeof(int), NULL);
	proc_create_net_single("f_net", 0, init_net.proc_net, netshow, NULL);
	proc_symlink("link", dir, "sub/single");
	pr_info("twice %d\n", proc_create("seq", 0, dir, &seqs) != NULL);
	return 0;
}
static void __exit f_exit(void)
{
	remove_proc_entry("f_net", init_net.proc_net);
	pr_info("subtree %d again %d\n", remove_proc_subtree("f_proc", NULL), remove_proc_subtree("f_proc", NULL));
	free_page((unsigned long)page);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("proc");
