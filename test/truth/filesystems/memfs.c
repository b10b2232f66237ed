// SPDX-License-Identifier: GPL-2.0-only
/* A file system in memory: mounted by the module itself, filled, looked through, emptied. */
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/statfs.h>

#define MEMFS_MAGIC 0x6d656d66

static struct kmem_cache *cache;
static int inodes;

struct memfs_inode {
	int number;
	struct inode vfs;
};

static void init_once(void *object)
{
	inode_init_once(&((struct memfs_inode *)object)->vfs);
}

static struct inode *memfs_alloc_inode(struct super_block *sb)
{
	struct memfs_inode *made = alloc_inode_sb(sb, cache, GFP_KERNEL);

	if (!made)
		return NULL;
	made->number = ++inodes;
	return &made->vfs;
}

static void memfs_free_inode(struct inode *inode)
{
	kmem_cache_free(cache, container_of(inode, struct memfs_inode, vfs));
}

static void memfs_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	pr_info("memfs: evict %d, mode %o, links %u\n", container_of(inode, struct memfs_inode, vfs)->number,
		inode->i_mode, inode->i_nlink);
}

static void memfs_put_super(struct super_block *sb)
{
	pr_info("memfs: put_super\n");
}

static const struct super_operations memfs_ops = {
	.alloc_inode	= memfs_alloc_inode,
	.free_inode	= memfs_free_inode,
	.evict_inode	= memfs_evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= simple_statfs,
	.put_super	= memfs_put_super,
};

static int memfs_d_delete(const struct dentry *dentry)
{
	pr_info("memfs: d_delete %pd\n", dentry);
	return 1;
}

static void memfs_d_release(struct dentry *dentry)
{
	pr_info("memfs: d_release %pd\n", dentry);
}

static const struct dentry_operations memfs_dentry_ops = {
	.d_delete	= memfs_d_delete,
	.d_release	= memfs_d_release,
};

static struct inode *memfs_inode(struct super_block *sb, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	if (S_ISDIR(mode)) {
		inode->i_op = &simple_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
		inc_nlink(inode);
	}
	return inode;
}

static int memfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *inode;

	pr_info("memfs: fill_super source %s flags %lx active %d count %d id %s\n", fc->source ?: "(none)",
		sb->s_flags, atomic_read(&sb->s_active), sb->s_count, sb->s_id);
	pr_info("memfs: blocksize %lu maxbytes %lld gran %u locked %d minor %u\n", sb->s_blocksize, sb->s_maxbytes,
		sb->s_time_gran, rwsem_is_locked(&sb->s_umount), MAJOR(sb->s_dev));
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = MEMFS_MAGIC;
	sb->s_op = &memfs_ops;
	sb->s_d_op = &memfs_dentry_ops;
	sb->s_time_gran = 1;
	inode = memfs_inode(sb, S_IFDIR | 0755);
	sb->s_root = d_make_root(inode);
	return sb->s_root ? 0 : -ENOMEM;
}

static int memfs_get_tree(struct fs_context *fc)
{
	return get_tree_single(fc, memfs_fill_super);
}

static int memfs_parse_param(struct fs_context *fc, struct fs_parameter *param)
{
	pr_info("memfs: parameter %s type %d value %s\n", param->key, param->type,
		param->type == fs_value_is_string ? param->string : "-");
	return strcmp(param->key, "bad") ? strcmp(param->key, "source") ? 0 : -ENOPARAM : -EINVAL;
}

static void memfs_free_context(struct fs_context *fc)
{
	pr_info("memfs: free context, root %d\n", fc->root != NULL);
}

static const struct fs_context_operations memfs_context_ops = {
	.get_tree	= memfs_get_tree,
	.parse_param	= memfs_parse_param,
	.free		= memfs_free_context,
};

static int memfs_init_fs_context(struct fs_context *fc)
{
	fc->ops = &memfs_context_ops;
	pr_info("memfs: context purpose %d flags %x\n", fc->purpose, fc->sb_flags);
	return 0;
}

static void memfs_kill_sb(struct super_block *sb)
{
	pr_info("memfs: kill_sb active %d\n", atomic_read(&sb->s_active));
	kill_litter_super(sb);
}

static struct file_system_type memfs = {
	.owner		= THIS_MODULE,
	.name		= "memfs",
	.init_fs_context = memfs_init_fs_context,
	.kill_sb	= memfs_kill_sb,
};

static struct vfsmount *pinned;
static int pins;

static void show(const char *what, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	pr_info("memfs: %s %pd count %d hashed %d positive %d dir %d reg %d lnk %d", what, dentry, d_count(dentry),
		!d_unhashed(dentry), d_is_positive(dentry), d_is_dir(dentry), d_is_reg(dentry),
		d_is_symlink(dentry));
	if (inode)
		pr_cont(" links %u references %d size %lld", inode->i_nlink, atomic_read(&inode->i_count),
			i_size_read(inode));
	pr_cont("\n");
}

static struct dentry *make(struct dentry *parent, const char *name, umode_t mode)
{
	struct dentry *dentry = d_alloc_name(parent, name);
	struct inode *inode = memfs_inode(parent->d_sb, mode);

	d_add(dentry, inode);
	if (S_ISDIR(mode))
		inc_nlink(d_inode(parent));
	return dentry;
}

static struct dentry *find(struct dentry *parent, const char *name)
{
	struct qstr wanted = QSTR_INIT(name, strlen(name));

	return d_hash_and_lookup(parent, &wanted);
}

static void removal(struct dentry *dentry)
{
	pr_info("memfs: removing %pd\n", dentry);
}

static void use_tree(struct dentry *root)
{
	struct dentry *dir, *file, *found, *long_name, *link;
	struct kstatfs stat = {};
	struct inode *dir_inode = d_inode(root);

	show("root", root);
	inode_lock(dir_inode);
	dir = make(root, "dir", S_IFDIR | 0755);
	file = make(dir, "file", S_IFREG | 0644);
	long_name = make(dir, "a-name-that-is-too-long-for-the-dentry-itself", S_IFREG | 0600);
	show("made", dir);
	show("made", file);
	show("made", long_name);
	pr_info("memfs: parent %pd2 root %d ino differs %d\n", file, IS_ROOT(root), d_inode(file)->i_ino != dir_inode->i_ino);
	found = find(dir, "file");
	pr_info("memfs: found the same %d\n", found == file);
	dput(found);
	show("put", file);
	found = find(dir, "nothing");
	pr_info("memfs: found nothing %d\n", found == NULL);
	pr_info("memfs: rmdir of a full one %d\n", simple_rmdir(dir_inode, dir));
	link = d_alloc_name(root, "link");
	d_add(link, NULL);
	pr_info("memfs: link %d\n", simple_link(file, dir_inode, link));
	show("linked", link);
	dput(link);
	dget(file);
	pr_info("memfs: unlink %d\n", simple_unlink(d_inode(dir), file));
	d_drop(file);
	show("dropped", file);
	dput(file);
	pr_info("memfs: empty %d\n", simple_empty(dir));
	dget(long_name);
	pr_info("memfs: unlink %d\n", simple_unlink(d_inode(dir), long_name));
	d_delete(long_name);
	show("deleted", long_name);
	dput(long_name);
	pr_info("memfs: empty %d\n", simple_empty(dir));
	pr_info("memfs: statfs %d %lx %ld %ld\n", simple_statfs(root, &stat), stat.f_type, stat.f_bsize, stat.f_namelen);
	pr_info("memfs: permission %d %d\n", inode_permission(&init_user_ns, d_inode(link), MAY_READ | MAY_WRITE),
		inode_permission(&init_user_ns, d_inode(link), MAY_EXEC));
	inode_unlock(dir_inode);
	make(dir, "one", S_IFREG | 0644);
	make(make(dir, "two", S_IFDIR | 0755), "three", S_IFREG | 0644);
	simple_recursive_removal(dir, removal);
	show("root", root);
}

static int __init memfs_init(void)
{
	int error;

	cache = kmem_cache_create("memfs_inode", sizeof(struct memfs_inode), 0, SLAB_ACCOUNT, init_once);
	if (!cache)
		return -ENOMEM;
	error = register_filesystem(&memfs);
	pr_info("memfs: register %d again %d\n", error, register_filesystem(&memfs));
	pr_info("memfs: modules hold it %d times\n", module_refcount(THIS_MODULE));
	pr_info("memfs: pin %d\n", simple_pin_fs(&memfs, &pinned, &pins));
	pr_info("memfs: modules hold it %d times\n", module_refcount(THIS_MODULE));
	pr_info("memfs: pin %d\n", simple_pin_fs(&memfs, &pinned, &pins));
	pr_info("memfs: pins %d internal %d active %d\n", pins, !!(pinned->mnt_flags & MNT_INTERNAL),
		atomic_read(&pinned->mnt_sb->s_active));
	pr_info("memfs: flags %lx root count %d\n", pinned->mnt_sb->s_flags, d_count(pinned->mnt_root));
	use_tree(pinned->mnt_root);
	simple_release_fs(&pinned, &pins);
	pr_info("memfs: pins %d mounted %d\n", pins, pinned != NULL);
	simple_release_fs(&pinned, &pins);
	pr_info("memfs: pins %d mounted %d\n", pins, pinned != NULL);
	pr_info("memfs: modules hold it %d times\n", module_refcount(THIS_MODULE));
	return 0;
}

static void __exit memfs_exit(void)
{
	char options[] = "ro,bad=1";
	struct vfsmount *mnt = vfs_kern_mount(&memfs, 0, "somewhere", options);

	pr_info("memfs: mounted badly %pe\n", mnt);
	pr_info("memfs: unregister %d again %d\n", unregister_filesystem(&memfs), unregister_filesystem(&memfs));
	rcu_barrier();
	kmem_cache_destroy(cache);
}

module_init(memfs_init);
module_exit(memfs_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A file system in memory");
