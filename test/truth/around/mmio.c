// SPDX-License-Identifier: GPL-2.0
/* A driver that touches its device's registers in every way. For test/kernel/devices. */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

static void __iomem *regs;

static irqreturn_t on_irq(int irq, void *dev)
{
	pr_info("mmio: irq status %x\n", readl(regs + 0x10));
	writel(1, regs + 0x10);
	return IRQ_HANDLED;
}

static int probe(struct platform_device *pdev)
{
	struct resource *io = platform_get_resource(pdev, IORESOURCE_IO, 0);
	volatile u32 *raw;
	u8 buffer[8];
	u32 speed = 0;

	regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(regs))
		return PTR_ERR(regs);
	pr_info("mmio: id %x half %x byte %x long %llx\n", readl(regs), readw(regs + 2), readb(regs + 1), readq(regs));
	pr_info("mmio: signed %d\n", *(volatile s8 __force *)(regs + 3));
	writel(0x11223344, regs + 4);
	writew(0x5566, regs + 8);
	writeb(0x77, regs + 10);
	writeq(0x8899aabbccddeeffULL, regs + 16);
	writel(0, regs + 4);
	raw = (volatile u32 __force *)(regs + 0x20);
	*raw |= 0x100;
	*raw &= ~1u;
	*raw += 2;
	pr_info("mmio: bits %x %d\n", *raw, (*raw & 4) != 0);
	memcpy_fromio(buffer, regs, 8);
	pr_info("mmio: copy %8ph\n", buffer);
	memset_io(regs + 0x40, 0xab, 4);
	iowrite32be(0x01020304, regs + 0x44);
	outw(0xbeef, io->start);
	outb(0x5a, io->start + 2);
	pr_info("mmio: port %x %x\n", inb(io->start), inl(io->start + 4));
	device_property_read_u32(&pdev->dev, "speed", &speed);
	pr_info("mmio: speed %u data %s\n", speed, (char *)dev_get_platdata(&pdev->dev));
	return devm_request_irq(&pdev->dev, platform_get_irq(pdev, 0), on_irq, 0, "t_mmio", pdev);
}

static struct platform_driver t_mmio = { .probe = probe, .driver = { .name = "t_mmio" } };
module_platform_driver(t_mmio);
MODULE_LICENSE("GPL");
