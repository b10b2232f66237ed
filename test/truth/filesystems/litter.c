// SPDX-License-Identifier: GPL-2.0-only
/* File systems by other ways: files from a table, a pseudo file system, one by mount(); and a dentry left in use. */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

static int mode;
module_param(mode, int, 0444);

static const struct file_operations empty = {};

static int fill(struct super_block *sb, void *data, int silent)
{
	static const struct tree_descr files[] = {
		[2] = { "alpha", &empty, 0444 },
		[3] = { "beta", &empty, 0600 },
		{ "" },
	};

	pr_info("litter: fill data %s silent %d\n", (char *)data ?: "(none)", silent);
	return simple_fill_super(sb, 0x1234, files);
}

static struct dentry *litter_mount(struct file_system_type *type, int flags, const char *name, void *data)
{
	pr_info("litter: mount flags %x name %s\n", flags, name);
	return mount_nodev(type, flags, data, fill);
}

static struct file_system_type by_mount = {
	.owner	= THIS_MODULE,
	.name	= "litter",
	.mount	= litter_mount,
	.kill_sb = kill_litter_super,
};

static int pseudo_init(struct fs_context *fc)
{
	return init_pseudo(fc, 0x5678) ? 0 : -ENOMEM;
}

static struct file_system_type pseudo = {
	.owner	= THIS_MODULE,
	.name	= "litterpseudo",
	.init_fs_context = pseudo_init,
	.kill_sb = kill_anon_super,
};

static void list(struct dentry *root)
{
	struct dentry *child;

	pr_info("litter: root ino %lu mode %o links %u count %d op %d\n", d_inode(root)->i_ino, d_inode(root)->i_mode,
		d_inode(root)->i_nlink, d_count(root), root->d_sb->s_d_op != NULL);
	list_for_each_entry(child, &root->d_subdirs, d_child)
		pr_info("litter: %pd ino %lu mode %o count %d fop %d\n", child, d_inode(child)->i_ino,
			d_inode(child)->i_mode, d_count(child), d_inode(child)->i_fop == &empty);
}

static int __init litter_init(void)
{
	struct vfsmount *mnt;
	struct inode *inode;
	int error = register_filesystem(&by_mount);

	mnt = vfs_kern_mount(&by_mount, SB_RDONLY, "source", "options");
	pr_info("litter: register %d mounted %d\n", error, !IS_ERR(mnt));
	pr_info("litter: magic %lx flags %lx writable %d\n", mnt->mnt_sb->s_magic, mnt->mnt_sb->s_flags,
		mnt_want_write(mnt));
	list(mnt->mnt_root);
	if (mode == 1)
		dget(list_first_entry(&mnt->mnt_root->d_subdirs, struct dentry, d_child));
	kern_unmount(mnt);
	mnt = kern_mount(&pseudo);
	pr_info("litter: pseudo %d magic %lx flags %lx\n", !IS_ERR(mnt), mnt->mnt_sb->s_magic, mnt->mnt_sb->s_flags);
	list(mnt->mnt_root);
	inode = alloc_anon_inode(mnt->mnt_sb);
	pr_info("litter: anonymous %d mode %o links %u state %lx flags %x\n", !IS_ERR(inode), inode->i_mode,
		inode->i_nlink, inode->i_state, inode->i_flags);
	iput(inode);
	kern_unmount(mnt);
	return 0;
}

static void __exit litter_exit(void)
{
	pr_info("litter: unregister %d\n", unregister_filesystem(&by_mount));
}

module_init(litter_init);
module_exit(litter_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("File systems by other ways");
