// SPDX-License-Identifier: GPL-2.0
/* More of the allocators: struct page, caches, per-CPU, pools, and complaints. */
#define pr_fmt(fmt) "mem2: " fmt
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/mm.h>
#include <linux/gfp.h>
#include <linux/mempool.h>
#include <linux/string.h>
#include <linux/io.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <linux/dmapool.h>
#include <linux/dma-mapping.h>
#include <linux/platform_device.h>

static char *mode = "pages";
module_param(mode, charp, 0);
static struct kmem_cache *c, *c2;
static int ctors;
static DEFINE_PER_CPU(int, own_counter) = 7;
static volatile unsigned long zero_vol;

static void ctor(void *p)
{
	ctors++;
	memset(p, 1, 72);
}

static void pages(void)
{
	struct page *pg = alloc_pages(GFP_KERNEL | __GFP_COMP, 3), *p1;
	void *p, *q;

	pr_info("comp head=%d tail=%d order=%u nr=%lu count=%d tailcount=%d\n", PageHead(pg), PageTail(pg + 3), compound_order(pg), compound_nr(pg), page_count(pg), page_count(pg + 3));
	pr_info("comp head of tail=%d size=%lu mapcount=%d zone=%d nid=%d flags=%lx\n", compound_head(pg + 5) == pg, page_size(pg), page_mapcount(pg), page_zonenum(pg), page_to_nid(pg), pg->flags & 0xffffff);
	pr_info("flags=%lx tailflags=%lx\n", pg->flags, pg[1].flags);
	get_page(pg);
	put_page(pg);
	pr_info("after get/put count=%d\n", page_count(pg));
	put_page(pg);
	p1 = alloc_page(GFP_KERNEL);
	pr_info("page flags=%lx count=%d mapcount=%d private=%lx index=%lx mapping=%px\n", p1->flags, page_count(p1), atomic_read(&p1->_mapcount), p1->private, p1->index, p1->mapping);
	__free_page(p1);
	p = kmalloc(64, GFP_KERNEL);
	p1 = virt_to_head_page(p);
	pr_info("slab PageSlab=%d compound=%d count=%d flags=%lx\n", PageSlab(p1), PageCompound(p1), page_count(p1), p1->flags);
	kfree(p);
	p = kmalloc(8192, GFP_KERNEL);
	p1 = virt_to_head_page(p);
	pr_info("slab8k PageSlab=%d compound=%d order=%u ksize=%zu\n", PageSlab(p1), PageCompound(p1), compound_order(p1), ksize(p));
	kfree(p);
	p = kmalloc(8193 + zero_vol, GFP_KERNEL);
	p1 = virt_to_head_page(p);
	pr_info("large PageSlab=%d head=%d order=%u ksize=%zu aligned=%d\n", PageSlab(p1), PageHead(p1), compound_order(p1), ksize(p), IS_ALIGNED((unsigned long)p, 16384));
	kfree(p);
	p = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);
	p1 = virt_to_page(p);
	pr_info("exact counts %d %d %d %d %d\n", page_count(p1), page_count(p1 + 1), page_count(p1 + 4), page_count(p1 + 5), PageCompound(p1));
	free_pages_exact(p, 5 * PAGE_SIZE);
	pg = alloc_pages(GFP_KERNEL, 2);
	pr_info("plain counts %d %d %d\n", page_count(pg), page_count(pg + 1), page_count(pg + 3));
	split_page(pg, 2);
	pr_info("split counts %d %d %d\n", page_count(pg), page_count(pg + 1), page_count(pg + 3));
	__free_page(pg);
	__free_page(pg + 1);
	__free_page(pg + 2);
	__free_page(pg + 3);
	p = vmalloc(3 * PAGE_SIZE);
	q = vmalloc(PAGE_SIZE);
	pr_info("vmalloc gap=%ld same=%d pages differ=%d count=%d\n", (long)(q - p), vmalloc_to_pfn(p) == page_to_pfn(vmalloc_to_page(p)), vmalloc_to_page(p) != vmalloc_to_page(p + PAGE_SIZE), page_count(vmalloc_to_page(p)));
	vfree(q);
	vfree(p);
	pr_info("virt_addr_valid text=%d module=%d null=%d page=%d\n", virt_addr_valid(&_printk), virt_addr_valid(&pages), virt_addr_valid(NULL), virt_addr_valid(page_address(virt_to_page(__va(0x1000000)))));
	pr_info("pfn_valid(0)=%d pfn_valid(64G)=%d pfn_valid(-1)=%d\n", pfn_valid(0), pfn_valid(64ul << 18), pfn_valid(-1ul));
	pr_info("kstrdup(NULL)=%px kmemdup(,0)=%px kstrndup0=%d\n", kstrdup(NULL, GFP_KERNEL), kmemdup("", 0, GFP_KERNEL), !!kstrndup("abc", 0, GFP_KERNEL));
	p = kmalloc(100, GFP_KERNEL);
	{ volatile unsigned char *vp = p; int vi; for (vi = 0; vi < 128; vi++) vp[vi] = 0xaa; }
	q = krealloc(p, 60, GFP_KERNEL);
	pr_info("krealloc same=%d byte59=%x byte60=%x byte127=%x\n", p == q, ((u8 *)q)[59], ((u8 *)q)[60], ((u8 *)q)[127]);
	kfree(q);
	pr_info("roundup %zu %zu %zu %zu %zu\n", kmalloc_size_roundup(0), kmalloc_size_roundup(1), kmalloc_size_roundup(65), kmalloc_size_roundup(8193), kmalloc_size_roundup(200));
	{
		const char *k = kstrdup_const("hello", GFP_KERNEL);

		pr_info("kstrdup_const dup=%d\n", k != NULL && !is_vmalloc_addr(k) && virt_addr_valid(k));
		kfree_const(k);
	}
	p = kvmalloc(100000, GFP_KERNEL);
	pr_info("kvmalloc 100000 vm=%d\n", is_vmalloc_addr(p));
	p = kvrealloc(p, 100000, 300000, GFP_KERNEL);
	pr_info("kvrealloc vm=%d\n", is_vmalloc_addr(p));
	kvfree(p);
	p = kvmalloc(5 << 20, GFP_KERNEL);
	pr_info("kvmalloc 5M vm=%d\n", is_vmalloc_addr(p));
	kvfree(p);
	p = vmalloc_user(5000);
	pr_info("vmalloc_user zero=%d\n", memchr_inv(p, 0, 5000) == NULL);
	vfree(p);
	p = vmalloc_32(5000);
	pr_info("vmalloc_32 pfn<4G=%d\n", vmalloc_to_pfn(p) < 0x100000);
	vfree(p);
	p = kmalloc(100, GFP_DMA);
	pr_info("dma low=%d ksize=%zu\n", virt_to_phys(p) < 0x1000000, ksize(p));
	kfree(p);
	p = (void *)__get_free_pages(GFP_DMA, 2);
	pr_info("dma page low=%d zone=%d\n", virt_to_phys(p) < 0x1000000, page_zonenum(virt_to_page(p)));
	free_pages((unsigned long)p, 2);
}

static void vmapping(void)
{
	struct page *pg[3];
	char *p;
	int i;

	for (i = 0; i < 3; i++)
		pg[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
	p = vmap(pg, 3, VM_MAP, PAGE_KERNEL);
	pr_info("vmap ok=%d count=%d\n", !!p, page_count(pg[1]));
	p[PAGE_SIZE + 5] = 9;
	pr_info("vmap alias=%d page=%d\n", ((char *)page_address(pg[1]))[5], vmalloc_to_page(p + PAGE_SIZE) == pg[1]);
	vunmap(p);
	pr_info("after vunmap count=%d vmap0=%px\n", page_count(pg[1]), vmap(pg, 0, VM_MAP, PAGE_KERNEL));
	p = vm_map_ram(pg, 3, -1);
	pr_info("vm_map_ram ok=%d\n", !!p && is_vmalloc_addr(p));
	vm_unmap_ram(p, 3);
	for (i = 0; i < 3; i++)
		__free_page(pg[i]);
}

static void caches(void)
{
	void *o[6], *p;
	int i, n;

	c = kmem_cache_create("t_mem2_a", 100, 0, 0, ctor);
	pr_info("a size=%u ksize of object=", kmem_cache_size(c));
	o[0] = kmem_cache_alloc(c, GFP_KERNEL);
	pr_cont("%zu ctors=%d byte=%d\n", ksize(o[0]), ctors, *(u8 *)o[0]);
	memset(o[0], 5, 100);
	kmem_cache_free(c, o[0]);
	p = kmem_cache_alloc(c, GFP_KERNEL);
	pr_info("again same=%d kept=%d ctors=%d\n", p == o[0], *(u8 *)p, ctors);
	kmem_cache_free(c, p);
	p = kmem_cache_alloc(c, GFP_KERNEL | __GFP_ZERO);
	pr_info("zeroed=%d\n", *(u8 *)p);
	kmem_cache_free(c, p);
	pr_info("shrink=%d\n", kmem_cache_shrink(c));
	n = kmem_cache_alloc_bulk(c, GFP_KERNEL, 6, o);
	pr_info("bulk=%d distinct=%d ctors=%d\n", n, o[0] != o[1], ctors);
	for (i = 0; i < 6; i++)
		if ((unsigned long)o[i] & 7)
			pr_info("unaligned\n");
	pr_info("shrink busy=%d\n", kmem_cache_shrink(c));
	kmem_cache_free_bulk(c, 6, o);
	kmem_cache_destroy(c);
	c = kmem_cache_create("t_mem2_b", 40, 0, 0, NULL);
	c2 = kmem_cache_create("t_mem2_c", 36, 0, 0, NULL);
	pr_info("merged=%d size=%u\n", c == c2, kmem_cache_size(c));
	kmem_cache_destroy(c2);
	kmem_cache_destroy(c);
	c = kmem_cache_create_usercopy("t_mem2_u", 64, 0, 0, 8, 8, NULL);
	c2 = kmem_cache_create("t_mem2_v", 64, 0, 0, NULL);
	pr_info("usercopy merged=%d\n", c == c2);
	kmem_cache_destroy(c2);
	kmem_cache_destroy(c);
	c = kmem_cache_create("t_mem2_w", 10, 256, 0, ctor);
	c2 = NULL;
	o[0] = kmem_cache_alloc(c, GFP_KERNEL);
	o[1] = kmem_cache_alloc(c, GFP_KERNEL);
	pr_info("aligned256=%d\n", IS_ALIGNED((unsigned long)o[0] | (unsigned long)o[1], 256));
	kmem_cache_free(c, o[0]);
	kmem_cache_free(c, o[1]);
	kmem_cache_destroy(c);
	c = kmem_cache_create("t_mem2_rcu", 64, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	p = kmem_cache_alloc(c, GFP_KERNEL);
	pr_info("rcu ksize=%zu\n", ksize(p));
	kmem_cache_free(c, p);
	kmem_cache_destroy(c);
	kmem_cache_destroy(NULL);
	c = NULL;
}

static void percpus(void)
{
	int __percpu *p = alloc_percpu(int), __percpu *q;
	struct percpu_counter pc;
	int i;

	pr_info("alloc_percpu=%px zero=%d\n", p, *per_cpu_ptr(p, 0));
	this_cpu_add(*p, 5);
	pr_info("this_cpu=%d own=%d own_addr=%px\n", this_cpu_read(*p), this_cpu_read(own_counter), &own_counter);
	this_cpu_inc(own_counter);
	pr_info("own=%d ptr=%px\n", per_cpu(own_counter, 0), this_cpu_ptr(&own_counter));
	q = __alloc_percpu(100, 64);
	pr_info("aligned64=%d dist=%ld\n", IS_ALIGNED((unsigned long)q, 64), (long)((char *)q - (char *)p));
	free_percpu(q);
	free_percpu(p);
	free_percpu(NULL);
	p = __alloc_percpu(32768, 8);
	pr_info("32k=%px\n", p);
	free_percpu(p);
	p = __alloc_percpu_gfp(64, 64, GFP_ATOMIC);
	pr_info("atomic=%px\n", p);
	free_percpu(p);
	pr_info("init=%d\n", percpu_counter_init(&pc, 10, GFP_KERNEL));
	for (i = 0; i < 100; i++)
		percpu_counter_inc(&pc);
	pr_info("read=%lld sum=%lld batch=%d\n", percpu_counter_read(&pc), percpu_counter_sum(&pc), percpu_counter_batch);
	percpu_counter_add(&pc, -200);
	pr_info("read=%lld pos=%lld sum=%lld cmp=%d %d\n", percpu_counter_read(&pc), percpu_counter_read_positive(&pc), percpu_counter_sum(&pc), percpu_counter_compare(&pc, -90), percpu_counter_compare(&pc, 0));
	percpu_counter_set(&pc, 3);
	pr_info("set read=%lld\n", percpu_counter_read(&pc));
	percpu_counter_destroy(&pc);
}

static void pools(void)
{
	mempool_t *m = mempool_create_kmalloc_pool(3, 128);
	void *o[5], *p;
	int i;

	pr_info("kmalloc pool min=%d curr=%d data=%ld\n", m->min_nr, m->curr_nr, (long)m->pool_data);
	for (i = 0; i < 5; i++)
		o[i] = mempool_alloc(m, GFP_KERNEL);
	pr_info("curr=%d ok=%d\n", m->curr_nr, !!o[4]);
	for (i = 0; i < 5; i++)
		mempool_free(o[i], m);
	pr_info("curr=%d resize=%d", m->curr_nr, mempool_resize(m, 6));
	pr_cont(" min=%d curr=%d\n", m->min_nr, m->curr_nr);
	pr_info("shrink=%d min=%d curr=%d\n", mempool_resize(m, 2), m->min_nr, m->curr_nr);
	mempool_destroy(m);
	m = mempool_create_page_pool(2, 1);
	p = mempool_alloc(m, GFP_KERNEL);
	pr_info("page pool page=%d min=%d\n", virt_addr_valid(page_address(p)), m->min_nr);
	mempool_free(p, m);
	mempool_destroy(m);
	mempool_destroy(NULL);
	mempool_free(NULL, NULL);
}

static void dma(void)
{
	struct platform_device *pd = platform_device_register_simple("t_mem2_dev", -1, NULL, 0);
	struct dma_pool *pool;
	dma_addr_t a, b;
	void *p, *q;

	pr_info("mask=%d coherent=%d\n", dma_set_mask(&pd->dev, DMA_BIT_MASK(32)), dma_set_coherent_mask(&pd->dev, DMA_BIT_MASK(32)));
	p = dma_alloc_coherent(&pd->dev, 5000, &a, GFP_KERNEL);
	pr_info("coherent ok=%d same=%d aligned=%d zero=%d\n", !!p, virt_to_phys(p) == a, PAGE_ALIGNED(p), memchr_inv(p, 0, 5000) == NULL);
	dma_free_coherent(&pd->dev, 5000, p, a);
	pool = dma_pool_create("t_pool", &pd->dev, 48, 16, 0);
	p = dma_pool_alloc(pool, GFP_KERNEL, &a);
	q = dma_pool_zalloc(pool, GFP_KERNEL, &b);
	pr_info("pool dist=%ld phys=%d\n", (long)(q - p), virt_to_phys(p) == a && virt_to_phys(q) == b);
	dma_pool_free(pool, q, b);
	dma_pool_free(pool, p, a);
	p = dma_pool_alloc(pool, GFP_KERNEL, &a);
	pr_info("pool busy destroy\n");
	dma_pool_destroy(pool);
	pool = dma_pool_create("t_pool2", &pd->dev, 0, 16, 0);
	pr_info("size0=%px\n", pool);
	a = dma_map_single(&pd->dev, q = kmalloc(256, GFP_KERNEL), 256, DMA_TO_DEVICE);
	pr_info("map same=%d err=%d\n", a == virt_to_phys(q), dma_mapping_error(&pd->dev, a));
	dma_unmap_single(&pd->dev, a, 256, DMA_TO_DEVICE);
	kfree(q);
	platform_device_unregister(pd);
}

static void io(void)
{
	void __iomem *p = ioremap(0xfebc0000, 0x2000), *q;

	pr_info("ioremap ok=%d vm=%d\n", !!p, is_vmalloc_addr((void *)p));
	iounmap(p);
	q = ioremap(0xfebc0123, 16);
	pr_info("ioremap offset=%lx\n", (unsigned long)q & 0xfff);
	iounmap(q);
	pr_info("ioremap(0 size)=%px\n", ioremap(0xfebc0000, 0));
	pr_info("ioremap ram=%px\n", ioremap(0x2000000, 4096));
	p = memremap(0x2000000, 4096, MEMREMAP_WB);
	pr_info("memremap ram direct=%d\n", p == __va(0x2000000));
	memunmap((void *)p);
}

static int __init t_mem2_init(void)
{
	void *p, *q;

	pr_info("mode %s\n", mode);
	if (!strcmp(mode, "pages")) {
		pages();
	} else if (!strcmp(mode, "vmap")) {
		vmapping();
	} else if (!strcmp(mode, "caches")) {
		caches();
	} else if (!strcmp(mode, "percpu")) {
		percpus();
	} else if (!strcmp(mode, "pools")) {
		pools();
	} else if (!strcmp(mode, "dma")) {
		dma();
	} else if (!strcmp(mode, "io")) {
		io();
	} else if (!strcmp(mode, "wrongcache")) {
		c = kmem_cache_create("t_mem2_a", 100, 0, 0, ctor);
		c2 = kmem_cache_create("t_mem2_b", 100, 0, 0, ctor);
		p = kmem_cache_alloc(c, GFP_KERNEL);
		kmem_cache_free(c2, p);
		kmem_cache_destroy(c2);
		kmem_cache_destroy(c);
		c = NULL;
	} else if (!strcmp(mode, "notslab")) {
		c = kmem_cache_create("t_mem2_a", 100, 0, 0, ctor);
		kmem_cache_free(c, (void *)__get_free_page(GFP_KERNEL));
		kmem_cache_destroy(c);
		c = NULL;
	} else if (!strcmp(mode, "badflags")) {
		c = kmem_cache_create("t_mem2_a", 100, 0, 0x80000000u, NULL);
		pr_info("c=%px\n", c);
	} else if (!strcmp(mode, "toolarge")) {
		c = kmem_cache_create("t_mem2_a", 64 << 20, 0, 0, NULL);
		pr_info("c=%px\n", c);
	} else if (!strcmp(mode, "badusercopy")) {
		c = kmem_cache_create_usercopy("t_mem2_a", 100, 0, 0, 90, 20, NULL);
		pr_info("c=%d\n", !!c);
	} else if (!strcmp(mode, "nullcache")) {
		p = kmem_cache_alloc(c, GFP_KERNEL);
	} else if (!strcmp(mode, "kfreevmalloc")) {
		kfree(vmalloc(100));
	} else if (!strcmp(mode, "kfreestatic")) {
		kfree(&ctors);
	} else if (!strcmp(mode, "kfreestack")) {
		int i = 1;

		OPTIMIZER_HIDE_VAR(i);
		p = &i;
		OPTIMIZER_HIDE_VAR(p);
		kfree(p);
	} else if (!strcmp(mode, "kfreepage")) {
		kfree((void *)__get_free_pages(GFP_KERNEL, 1));
	} else if (!strcmp(mode, "kfreeinside")) {
		p = kmalloc(64, GFP_KERNEL);
		kfree(p + 8);
		q = kmalloc(64, GFP_KERNEL);
		pr_info("inside comes back=%d\n", q == p + 8);
	} else if (!strcmp(mode, "kfreelow")) {
		kfree((void *)0x1000);
	} else if (!strcmp(mode, "kfreeuser")) {
		kfree((void *)0x7f0000001000);
	} else if (!strcmp(mode, "vfreetwice")) {
		p = vmalloc(100);
		vfree(p);
		vfree(p);
	} else if (!strcmp(mode, "vfreeinside")) {
		p = vmalloc(8192);
		vfree(p + 4096);
		vfree(p);
	} else if (!strcmp(mode, "vunmapbad")) {
		p = (void *)__get_free_page(GFP_KERNEL);
		vunmap(p);
	} else if (!strcmp(mode, "badgfp")) {
		p = kmalloc(64, GFP_KERNEL | __GFP_HIGHMEM);
		pr_info("ok=%d\n", !!p);
	} else if (!strcmp(mode, "kmallochuge")) {
		p = kmalloc((64ul << 20) + zero_vol, GFP_KERNEL);
		pr_info("p=%px\n", p);
		p = kmalloc((64ul << 20) + zero_vol, GFP_KERNEL);
		pr_info("p=%px\n", p);
	} else if (!strcmp(mode, "order11")) {
		pr_info("p=%px\n", alloc_pages(GFP_KERNEL, 11));
	} else if (!strcmp(mode, "gfp11")) {
		pr_info("p=%lx\n", __get_free_pages(GFP_KERNEL, 11));
	} else if (!strcmp(mode, "kvhuge")) {
		pr_info("p=%px\n", kvmalloc(4ul << 30, GFP_KERNEL));
	} else if (!strcmp(mode, "vzhuge")) {
		pr_info("p=%px\n", vzalloc(1ul << 40));
	} else if (!strcmp(mode, "percpuhuge")) {
		pr_info("p=%px\n", __alloc_percpu(65536, 8));
		pr_info("p=%px\n", __alloc_percpu(8, 8192));
		pr_info("p=%px\n", __alloc_percpu(0, 8));
	} else if (!strcmp(mode, "cacheleak3")) {
		int i;

		c = kmem_cache_create("t_mem2_a", 1000, 0, 0, ctor);
		for (i = 0; i < 10; i++)
			p = kmem_cache_alloc(c, GFP_KERNEL);
		kmem_cache_destroy(c);
		c = NULL;
	} else if (!strcmp(mode, "cachefull")) {
		int i;

		c = kmem_cache_create("t_mem2_a", 1000, 0, 0, ctor);
		for (i = 0; i < 8; i++)
			p = kmem_cache_alloc(c, GFP_KERNEL);
		kmem_cache_destroy(c);
		c = NULL;
	} else if (!strcmp(mode, "freepagetwice")) {
		unsigned long a = __get_free_page(GFP_KERNEL);

		free_page(a);
		free_page(a);
		pr_info("next=%d\n", __get_free_page(GFP_KERNEL) == a);
	} else if (!strcmp(mode, "cachedouble")) {
		c = kmem_cache_create("t_mem2_a", 100, 0, 0, ctor);
		p = kmem_cache_alloc(c, GFP_KERNEL);
		kmem_cache_free(c, p);
		kmem_cache_free(c, p);
	} else if (!strcmp(mode, "doublelate")) {
		p = kmalloc(64, GFP_KERNEL);
		q = kmalloc(64, GFP_KERNEL);
		kfree(p);
		kfree(q);
		kfree(p);
	} else if (!strcmp(mode, "uafwrite")) {
		p = kmalloc(64, GFP_KERNEL);
		kfree(p);
		memset(p, 0x5a, 64);
		q = kmalloc(64, GFP_KERNEL);
		pr_info("same=%d\n", p == q);
		q = kmalloc(64, GFP_KERNEL);
		pr_info("second\n");
	} else if (!strcmp(mode, "ioram")) {
		pr_info("ioremap ram=%px\n", ioremap(0x30000000, 4096));
		pr_info("ioremap ram=%px\n", ioremap(0x30000000, 4096));
		iounmap((void __iomem *)0x1000);
		iounmap((void __iomem *)vmalloc(100));
	} else if (!strcmp(mode, "badgfpnew")) {
		c = kmem_cache_create("t_mem2_a", 100, 0, 0, ctor);
		p = kmem_cache_alloc(c, GFP_KERNEL | __GFP_HIGHMEM);
		kmem_cache_free(c, p);
		p = kmalloc(100000 + zero_vol, GFP_KERNEL | __GFP_DMA32);
		pr_info("ok=%d\n", !!p);
	} else if (!strcmp(mode, "freepercpu")) {
		p = (void *)__alloc_percpu(16, 8);
		free_percpu((void __percpu *)p);
		free_percpu((void __percpu *)p);
		pr_info("twice\n");
	} else if (!strcmp(mode, "freepercpuwild")) {
		free_percpu((void __percpu *)0x3c123);
		pr_info("inside\n");
		free_percpu((void __percpu *)0x12345678);
	} else if (!strcmp(mode, "ctorgfp")) {
		pr_info("vmalloc atomic=%d\n", !!__vmalloc(100, GFP_ATOMIC));
		c = kmem_cache_create("t mem2 a", 100, 0, SLAB_HWCACHE_ALIGN, ctor);
		pr_info("size=%u\n", kmem_cache_size(c));
		c2 = kmem_cache_create("t mem2 a", 100, 0, SLAB_HWCACHE_ALIGN, ctor);
		pr_info("dup=%d\n", !!c2);
		kmem_cache_destroy(c2);
	} else if (!strcmp(mode, "mempoolnull")) {
		mempool_t *m = mempool_create_kmalloc_pool(2, 64 << 20);
		pr_info("m=%px\n", m);
	} else if (!strcmp(mode, "kvneg")) {
		pr_info("p=%px\n", kmalloc(zero_vol - 1, GFP_KERNEL));
		pr_info("p=%px\n", vmalloc(zero_vol - 1));
		pr_info("p=%px\n", alloc_pages_exact(64 << 20, GFP_KERNEL));
	} else if (!strcmp(mode, "kreallochuge")) {
		p = kmalloc(10, GFP_KERNEL);
		pr_info("p=%px\n", krealloc(p, 64 << 20, GFP_KERNEL));
	} else if (!strcmp(mode, "dmahuge")) {
		struct platform_device *pd = platform_device_register_simple("t_mem2_dev", -1, NULL, 0);
		dma_addr_t a;
		pr_info("no mask=%d\n", pd->dev.dma_mask == NULL);
		pr_info("p=%px\n", dma_alloc_coherent(&pd->dev, 100, &a, GFP_KERNEL));
		pr_info("p=%px\n", dma_alloc_coherent(&pd->dev, 64 << 20, &a, GFP_KERNEL));
		platform_device_unregister(pd);
	} else if (!strcmp(mode, "oom")) {
		unsigned long n = 0;

		while (__get_free_pages(GFP_NOWAIT, 10))
			n++;
		pr_info("out\n");
		p = kmalloc(4096 << 4, GFP_NOWAIT | __GFP_COMP);
	}
	pr_info("done\n");
	return 0;
}

static void __exit t_mem2_exit(void)
{
	kmem_cache_destroy(c);
	pr_info("exit\n");
}

module_init(t_mem2_init);
module_exit(t_mem2_exit);
MODULE_LICENSE("GPL");
