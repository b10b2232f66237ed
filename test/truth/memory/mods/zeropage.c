// SPDX-License-Identifier: GPL-2.0
/* The page of zeroes: part of the kernel's image, with a struct page and a place in the direct map as any other. */
#include <linux/module.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

static int __init zeropage_init(void)
{
	struct page *page = ZERO_PAGE(0);
	unsigned char *mapped = page_address(page);
	struct scatterlist list;

	pr_info("zeroes %d, the same %d\n", memchr_inv(mapped, 0, PAGE_SIZE) == NULL,
		page_to_virt(virt_to_page(mapped)) == mapped);
	pr_info("aliases %d, valid %d\n", __pa(mapped) == __pa_symbol(empty_zero_page),
		pfn_valid(page_to_pfn(page)));
	pr_info("compound %d, reserved %d, count %s\n", PageCompound(page), PageReserved(page),
		page_count(page) > 0 ? "held" : "none");
	get_page(page);
	put_page(page);
	sg_init_table(&list, 1);
	sg_set_page(&list, page, PAGE_SIZE, 0);
	pr_info("in a list %d\n", sg_virt(&list) == mapped);
	mapped = kmap_local_page(page);
	pr_info("last byte %d\n", mapped[PAGE_SIZE - 1]);
	kunmap_local(mapped);
	return 0;
}

static void __exit zeropage_exit(void)
{
	pr_info("still zeroes %d\n", memchr_inv(page_address(ZERO_PAGE(0)), 0, PAGE_SIZE) == NULL);
}

module_init(zeropage_init);
module_exit(zeropage_exit);
MODULE_LICENSE("GPL");
