// SPDX-License-Identifier: GPL-2.0
/* mmap in its forms, and a user of them: what is written to /proc/f_map runs in the writer's address space. */
#define pr_fmt(fmt) "f_map: " fmt
#include <linux/module.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/proc_fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/uaccess.h>

static char *kpages, *vpages;
static struct page *one;

static void v_open(struct vm_area_struct *v) { pr_info("vma open\n"); }
static void v_close(struct vm_area_struct *v) { pr_info("vma close pages %lu\n", vma_pages(v)); }
static vm_fault_t v_fault(struct vm_fault *f)
{
	struct page *p;

	pr_info("fault pgoff %lu offset %lx write %d\n", f->pgoff, f->address - f->vma->vm_start,
		!!(f->flags & FAULT_FLAG_WRITE));
	if (f->pgoff >= 2)
		return VM_FAULT_SIGBUS;
	p = vmalloc_to_page(vpages + (f->pgoff << PAGE_SHIFT));
	get_page(p);
	f->page = p;
	return 0;
}
static const struct vm_operations_struct ops = { .open = v_open, .close = v_close, .fault = v_fault };
static const struct vm_operations_struct quiet = { .open = v_open, .close = v_close };

static int m_mmap(struct file *f, struct vm_area_struct *v)
{
	unsigned long size = v->vm_end - v->vm_start;
	int r;

	pr_info("mmap size %lx pgoff %lu flags %lx prot %lx file %d\n", size, v->vm_pgoff,
		v->vm_flags & (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED | VM_MAYWRITE),
		pgprot_val(v->vm_page_prot) & 0x7, v->vm_file == f);
	switch (v->vm_pgoff) {
	case 0:
		v->vm_ops = &ops;
		return 0;
	case 10:
		r = remap_pfn_range(v, v->vm_start, virt_to_phys(kpages) >> PAGE_SHIFT, size, v->vm_page_prot);
		pr_info("remap_pfn_range %d flags %lx\n", r, v->vm_flags & (VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP));
		v->vm_ops = &quiet;
		return r;
	case 20:
		v->vm_pgoff = 0;
		r = remap_vmalloc_range(v, vpages, 0);
		pr_info("remap_vmalloc_range %d flags %lx\n", r, v->vm_flags & (VM_MIXEDMAP | VM_DONTEXPAND));
		return r;
	case 30:
		r = vm_insert_page(v, v->vm_start, one);
		pr_info("vm_insert_page %d again %d\n", r, vm_insert_page(v, v->vm_start, one));
		return r;
	case 40:
		v->vm_pgoff = 0;
		r = vm_iomap_memory(v, virt_to_phys(kpages), 2 * PAGE_SIZE);
		pr_info("vm_iomap_memory %d\n", r);
		return r;
	default:
		return -EINVAL;
	}
}
static const struct file_operations fops = { .owner = THIS_MODULE, .mmap = m_mmap };
static const struct file_operations none = { .owner = THIS_MODULE };
static struct miscdevice dev = { .minor = MISC_DYNAMIC_MINOR, .name = "f_map", .fops = &fops };
static struct miscdevice nodev = { .minor = MISC_DYNAMIC_MINOR, .name = "f_nomap", .fops = &none };

static void look(unsigned long at, unsigned long off)
{
	char c = '?';
	int r = get_user(c, (char __user *)(at + off));

	pr_info("get_user at %lx: %d %c\n", off, r, r ? '-' : c);
}
static void run(const char *path, unsigned long pgoff, unsigned long pages, unsigned long prot, unsigned long flags)
{
	struct file *f = filp_open(path, O_RDWR, 0);
	unsigned long at;
	struct vm_area_struct *v;
	char buf[8] = "";

	if (IS_ERR(f)) {
		pr_info("open %ld\n", PTR_ERR(f));
		return;
	}
	at = vm_mmap(f, 0, pages << PAGE_SHIFT, prot, flags, pgoff << PAGE_SHIFT);
	filp_close(f, NULL);
	if (IS_ERR_VALUE(at)) {
		pr_info("vm_mmap %ld\n", (long)at);
		return;
	}
	mmap_read_lock(current->mm);
	v = find_vma(current->mm, at);
	pr_info("vma found %d ops %d\n", v && v->vm_start == at, v && v->vm_ops);
	mmap_read_unlock(current->mm);
	look(at, 0);
	look(at, 4096);
	pr_info("put_user %d\n", put_user('W', (char __user *)at + 1));
	pr_info("copy_to_user left %lu\n", copy_to_user((char __user *)at + 4094, "wxyz", 4));
	pr_info("copy_from_user left %lu\n", copy_from_user(buf, (char __user *)at, 4));
	pr_info("read back %.4s kernel %.2s %.2s\n", buf, kpages, vpages);
	look(at, 2 * 4096);
	pr_info("copy across the end left %lu\n", copy_to_user((char __user *)at + 2 * 4096 - 3, "abcdef", 6));
	pr_info("munmap %d\n", vm_munmap(at, pages << PAGE_SHIFT));
	look(at, 0);
}
static ssize_t c_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	char c;

	if (get_user(c, b))
		return -EFAULT;
	pr_info("-- %c\n", c);
	switch (c) {
	case 'f': run("/dev/f_map", 0, 3, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'r': run("/dev/f_map", 0, 2, PROT_READ, MAP_SHARED); break;
	case 'p': run("/dev/f_map", 10, 2, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'v': run("/dev/f_map", 20, 2, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'b': run("/dev/f_map", 20, 5, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'i': run("/dev/f_map", 30, 2, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'o': run("/dev/f_map", 40, 2, PROT_READ | PROT_WRITE, MAP_SHARED); break;
	case 'e': run("/dev/f_map", 50, 1, PROT_READ, MAP_SHARED); break;
	case 'n': run("/dev/f_nomap", 0, 1, PROT_READ, MAP_SHARED); break;
	case 'a': run("/dev/f_map", 10, 2, PROT_READ | PROT_WRITE, MAP_PRIVATE); break;
	case 'k': {
		struct file *d = filp_open("/dev/f_map", O_RDWR, 0);

		pr_info("stays mapped %d\n", !IS_ERR_VALUE(vm_mmap(d, 0, 2 * PAGE_SIZE, PROT_READ, MAP_SHARED, 0)));
		filp_close(d, NULL);
		break;
	}
	}
	return n;
}
static const struct proc_ops pops = { .proc_write = c_write };

static int __init f_init(void)
{
	kpages = (char *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 1);
	vpages = vmalloc_user(2 * PAGE_SIZE);
	one = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!kpages || !vpages || !one)
		return -ENOMEM;
	kpages[0] = 'k';
	kpages[4096] = 'K';
	vpages[0] = 'v';
	vpages[4096] = 'V';
	*(char *)page_address(one) = '1';
	misc_register(&dev);
	misc_register(&nodev);
	proc_create("f_map", 0200, NULL, &pops);
	return 0;
}
static void __exit f_exit(void)
{
	remove_proc_entry("f_map", NULL);
	misc_deregister(&nodev);
	misc_deregister(&dev);
	pr_info("count of page %d, v %.2s\n", page_count(one), vpages);
	__free_page(one);
	vfree(vpages);
	free_pages((unsigned long)kpages, 1);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("mmap");
