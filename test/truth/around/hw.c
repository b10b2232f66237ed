// SPDX-License-Identifier: GPL-2.0
/* Ports and registers of the machine that every PC has. */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/module.h>

static char *what = "ports";
module_param(what, charp, 0);

static void ports(void)
{
	u8 bytes[4] = { 0 };
	u16 words[2] = { 0 };
	void __iomem *map;

	outl(0x80000000, 0xcf8);
	pr_info("hw: host bridge %08x %08x\n", inl(0xcf8), inl(0xcfc));
	pr_info("hw: halves %04x %04x bytes %02x %02x\n", inw(0xcfc), inw(0xcfe), inb(0xcfc), inb(0xcff));
	outl(0x80000900, 0xcf8);
	pr_info("hw: ide %08x\n", inl(0xcfc));
	outl(0x80000b3c, 0xcf8);
	pr_info("hw: acpi line %02x pin %02x\n", inb(0xcfc), inb(0xcfd));
	outl(0x8000f800, 0xcf8);
	pr_info("hw: nothing %08x\n", inl(0xcfc));
	pr_info("hw: empty %02x %04x %08x\n", inb(0x300), inw(0x300), inl(0x300));
	outb(0x12, 0x300);
	pr_info("hw: keyboard status %02x\n", inb(0x64) & 0x05);
	outb(0x0d, 0x70);
	pr_info("hw: battery %02x\n", inb(0x71));
	outb(0x0b, 0x70);
	pr_info("hw: mode %02x\n", inb_p(0x71) & 0x06);
	insb(0x300, bytes, 4);
	insw(0x300, words, 2);
	pr_info("hw: strings %4ph %04x %04x\n", bytes, words[0], words[1]);
	outsb(0x300, bytes, 4);
	map = ioport_map(0xcf8, 8);
	iowrite32(0x80000008, map);
	pr_info("hw: mapped %d class %08x\n", !!map, ioread32(map + 4));
	pr_info("hw: mapped %02x %04x\n", ioread8(map + 7), ioread16be(map + 6));
	ioport_unmap(map);
}

static void registers(void)
{
	void __iomem *hpet = ioremap(0xfed00000, 0x400);
	u32 low, period;
	u8 buffer[8];

	low = readl(hpet);
	period = readl(hpet + 4);
	pr_info("hw: hpet %08x period %08x\n", low, period);
	pr_info("hw: whole %016llx\n", readq(hpet));
	memcpy_fromio(buffer, hpet, 8);
	pr_info("hw: copied %8ph\n", buffer);
	pr_info("hw: generic %08x %08x\n", ioread32(hpet), ioread32be(hpet + 4));
	writel(0x1234, hpet);
	pr_info("hw: still %08x\n", readl(hpet));
	pr_info("hw: vendor %s\n", (*(volatile u32 *)hpet & 0xffff0000) == 0x80860000 ? "8086" : "other");
	iounmap(hpet);
}

static struct resource own = DEFINE_RES_MEM_NAMED(0xd0000000, 0x1000, "t_own");
static struct resource inner = DEFINE_RES_MEM_NAMED(0xd0000100, 0x100, "t_inner");
static struct resource wide = DEFINE_RES_MEM_NAMED(0xcffff000, 0x3000, "t_wide");

static void resources(void)
{
	struct resource *r, *m;

	r = request_region(0x300, 8, "t_ports");
	pr_info("hw: region %pR %s\n", r, r->name);
	pr_info("hw: again %d\n", !!request_region(0x304, 8, "t_more"));
	pr_info("hw: rtc %d\n", !!request_region(0x70, 2, "t_rtc"));
	pr_info("hw: muxed %d\n", !!request_muxed_region(0x310, 2, "t_mux"));
	release_region(0x310, 2);
	m = request_mem_region(0xd8000000, 0x1000, "t_mem");
	pr_info("hw: mem %pR flags %lx\n", m, m->flags);
	pr_info("hw: ram %d\n", !!request_mem_region(0x200000, 0x1000, "t_ram"));
	pr_info("hw: request %d\n", request_resource(&iomem_resource, &own));
	pr_info("hw: insert %d\n", insert_resource(&iomem_resource, &own));
	pr_info("hw: child %d\n", request_resource(&own, &inner));
	pr_info("hw: wide %d\n", insert_resource(&iomem_resource, &wide));
	pr_info("hw: parents %s %s\n", own.parent->name, inner.parent->name);
	release_region(0x320, 2);
	release_mem_region(0xd9000000, 0x1000);
	pr_info("hw: root %pR %s %lx\n", &iomem_resource, ioport_resource.name, ioport_resource.flags);
}

static int __init start(void)
{
	if (!strcmp(what, "ports"))
		ports();
	else if (!strcmp(what, "registers"))
		registers();
	else
		resources();
	return 0;
}

static void __exit stop(void)
{
	if (strcmp(what, "resources"))
		return;
	pr_info("hw: release %d %d %d\n", release_resource(&inner), release_resource(&own), release_resource(&wide));
	release_region(0x300, 8);
	release_mem_region(0xd8000000, 0x1000);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
