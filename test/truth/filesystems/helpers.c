// SPDX-License-Identifier: GPL-2.0-only
/* What file systems and block drivers register and ask for at their start. */
#include <linux/backing-dev.h>
#include <linux/binfmts.h>
#include <linux/bio.h>
#include <linux/list_lru.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/nfs_ssc.h>
#include <linux/nls.h>
#include <linux/quota.h>
#include <linux/slab.h>
#include <linux/zlib.h>
#include <linux/zpool.h>
#include <linux/zstd.h>

static struct backing_dev_info *bdi;

static void use_bdi(void)
{
	bdi = bdi_alloc(NUMA_NO_NODE);
	pr_info("helpers: bdi %d pages %lu %lu capabilities %u ratio %u %u references %d\n", bdi != NULL, bdi->ra_pages,
		bdi->io_pages, bdi->capabilities, bdi->min_ratio, bdi->max_ratio, kref_read(&bdi->refcnt));
	pr_info("helpers: register %d\n", bdi_register(bdi, "helpers-%d", 7));
	pr_info("helpers: again %d name %s\n", bdi_register(bdi, "helpers-%d", 8), bdi_dev_name(bdi));
}

static void use_lru(void)
{
	struct list_lru lru = {};
	struct list_head *items = kmalloc_array(2, sizeof(*items), GFP_KERNEL);
	int error = list_lru_init(&lru);

	INIT_LIST_HEAD(&items[0]);
	INIT_LIST_HEAD(&items[1]);
	pr_info("helpers: lru %d add %d %d again %d count %lu\n", error, list_lru_add(&lru, &items[0]),
		list_lru_add(&lru, &items[1]), list_lru_add(&lru, &items[0]), list_lru_count(&lru));
	pr_info("helpers: lru del %d again %d count %lu\n", list_lru_del(&lru, &items[0]),
		list_lru_del(&lru, &items[0]), list_lru_count_one(&lru, 0, NULL));
	list_lru_del(&lru, &items[1]);
	list_lru_destroy(&lru);
	kfree(items);
	pr_info("helpers: lru gone %d\n", lru.node == NULL);
	list_lru_destroy(&lru);
}

static int to_char(wchar_t uni, unsigned char *out, int room)
{
	return 0;
}

static int to_uni(const unsigned char *text, int room, wchar_t *uni)
{
	return 0;
}

static struct nls_table table = { .charset = "kobox", .alias = "sandbox", .uni2char = to_char, .char2uni = to_uni };
static struct nls_table other = { .charset = "other", .uni2char = to_char, .char2uni = to_uni };

static void use_nls(void)
{
	struct nls_table *found = load_nls("default");
	unsigned char out = 0;
	wchar_t uni = 0;
	int error;

	pr_info("helpers: default %d by default %d\n", found != NULL, load_nls_default() == found);
	error = found->uni2char(0xe9, &out, 1);
	pr_info("helpers: char %d %x none %d %d room %d\n", error, out, found->uni2char(0x100, &out, 1),
		found->uni2char(0, &out, 1), found->uni2char(65, &out, 0));
	error = found->char2uni("A", 1, &uni);
	pr_info("helpers: uni %d %x end %d\n", error, uni, found->char2uni("", 1, &uni));
	pr_info("helpers: case %c %c %x %x\n", nls_toupper(found, 'a'), nls_tolower(found, 'Z'),
		nls_toupper(found, 0xe9), nls_tolower(found, '['));
	unload_nls(found);
	pr_info("helpers: unknown %d\n", load_nls("nowhere") != NULL);
	error = register_nls(&other);
	pr_info("helpers: register %d %d\n", error, register_nls(&table));
	pr_info("helpers: again %d %d\n", register_nls(&table), register_nls(&other));
	found = load_nls("sandbox");
	pr_info("helpers: by alias %d held %d\n", found == &table, module_refcount(THIS_MODULE));
	unload_nls(found);
	pr_info("helpers: held %d\n", module_refcount(THIS_MODULE));
	error = unregister_nls(&other);
	pr_info("helpers: unregister %d again %d\n", error, unregister_nls(&other));
	pr_info("helpers: unregister %d\n", unregister_nls(&table));
}

static void use_sizes(void)
{
	pr_info("helpers: deflate %d %d %d inflate %d dfltcc %d\n", zlib_deflate_workspacesize(15, 8),
		zlib_deflate_workspacesize(-9, 1), zlib_deflate_workspacesize(12, 7), zlib_inflate_workspacesize(),
		zlib_deflate_dfltcc_enabled());
	pr_info("helpers: zstd %zu %zu %zu\n", zstd_dctx_workspace_bound(), zstd_dstream_workspace_bound(1 << 10),
		zstd_dstream_workspace_bound(1 << 20));
}

static struct bio_set first, second;

static void use_bios(void)
{
	pr_info("helpers: bioset %d %d initialised %d\n", bioset_init(&first, 4, 16, BIOSET_NEED_BVECS),
		bioset_init(&second, 2, 16, BIOSET_NEED_BVECS | BIOSET_NEED_RESCUER), bioset_initialized(&first));
	pr_info("helpers: shared %d pads %u %u pools %d %d\n", first.bio_slab == second.bio_slab, first.front_pad,
		first.back_pad, first.bio_pool.curr_nr, second.bvec_pool.min_nr);
	bioset_exit(&first);
	bioset_exit(&second);
	bioset_exit(&second);
	pr_info("helpers: initialised %d\n", bioset_initialized(&first));
}

static int load(struct linux_binprm *program)
{
	return -ENOEXEC;
}

static struct linux_binfmt format = { .module = THIS_MODULE, .load_binary = load };
static struct quota_format_type quota = { .qf_fmt_id = 77, .qf_owner = THIS_MODULE };
static const struct nfs_ssc_client_ops copies;

static int __init helpers_init(void)
{
	use_bdi();
	use_lru();
	use_nls();
	use_sizes();
	use_bios();
	register_binfmt(&format);
	pr_info("helpers: quota %d\n", register_quota_format(&quota));
	pr_info("helpers: no copies %d\n", nfs_ssc_client_tbl.ssc_nfs_ops == NULL);
	nfs_ssc_register(&copies);
	pr_info("helpers: copies %d\n", nfs_ssc_client_tbl.ssc_nfs_ops == &copies);
	mmu_notifier_synchronize();
	return 0;
}

static void __exit helpers_exit(void)
{
	nfs_ssc_unregister(&copies);
	pr_info("helpers: no copies %d\n", nfs_ssc_client_tbl.ssc_nfs_ops == NULL);
	unregister_quota_format(&quota);
	unregister_binfmt(&format);
	bdi_unregister(bdi);
	bdi_put(bdi);
}

module_init(helpers_init);
module_exit(helpers_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What file systems and block drivers ask for");
