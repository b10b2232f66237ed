// SPDX-License-Identifier: GPL-2.0
/* A platform device and its driver: resources, properties, managed resources, deferral. */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

static bool ready, refuse;
static struct platform_device *first, *second;

static irqreturn_t on_irq(int irq, void *dev)
{
	dev_info(dev, "irq %d\n", irq);
	return IRQ_HANDLED;
}

static void action(void *data)
{
	pr_info("pdev: action %s\n", (char *)data);
}

struct extra {
	int number;
};

static void extra_release(struct device *dev, void *res)
{
	struct extra *e = res;

	dev_info(dev, "release extra %d\n", e->number);
}

static int extra_match(struct device *dev, void *res, void *data)
{
	struct extra *e = res;

	return e->number == *(int *)data;
}

static void add_extra(struct device *dev, int number)
{
	struct extra *e = devres_alloc(extra_release, sizeof(*e), GFP_KERNEL);

	e->number = number;
	devres_add(dev, e);
}

static void properties(struct device *dev)
{
	u32 one = 0, many[3] = { 0 };
	const char *text = "?";
	u8 byte = 0;
	u64 big = 0;

	pr_info("pdev: u32 %d %u\n", device_property_read_u32(dev, "speed", &one), one);
	pr_info("pdev: array %d %u %u %u\n", device_property_read_u32_array(dev, "levels", many, 3), many[0], many[1],
		many[2]);
	pr_info("pdev: count %d\n", device_property_count_u32(dev, "levels"));
	pr_info("pdev: long %d\n", device_property_read_u32_array(dev, "speed", many, 3));
	pr_info("pdev: text %d %s\n", device_property_read_string(dev, "label", &text), text);
	pr_info("pdev: match %d %d\n", device_property_match_string(dev, "label", "main"),
		device_property_match_string(dev, "label", "other"));
	pr_info("pdev: bool %d %d\n", device_property_read_bool(dev, "fast"), device_property_read_bool(dev, "slow"));
	pr_info("pdev: wrong %d %d\n", device_property_read_u8(dev, "speed", &byte),
		device_property_read_u32(dev, "none", &one));
	pr_info("pdev: u64 %d\n", device_property_read_u64(dev, "big", &big));
	pr_info("pdev: values %u %u %u %u %s %llx\n", one, many[0], many[1], many[2], text, big);
}

static int probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	int two = 2, irq, ret;
	void __iomem *regs;
	struct resource *res;

	dev_info(dev, "probe\n");
	if (pdev->id == 2 && !ready)
		return -EPROBE_DEFER;
	devm_add_action(dev, action, "one");
	add_extra(dev, 1);
	pr_info("pdev: kzalloc %d\n", !!devm_kzalloc(dev, 100, GFP_KERNEL));
	if (refuse)
		return -EIO;
	if (pdev->id == 2)
		return 0;
	regs = devm_platform_ioremap_resource(pdev, 0);
	pr_info("pdev: regs %d\n", IS_ERR(regs) ? (int)PTR_ERR(regs) : 0);
	regs = devm_platform_ioremap_resource(pdev, 0);
	pr_info("pdev: again %d\n", IS_ERR(regs) ? (int)PTR_ERR(regs) : 0);
	regs = devm_platform_ioremap_resource(pdev, 4);
	pr_info("pdev: none %d\n", IS_ERR(regs) ? (int)PTR_ERR(regs) : 0);
	res = platform_get_resource(pdev, IORESOURCE_IO, 0);
	pr_info("pdev: io %pR %s\n", res, res->name);
	irq = platform_get_irq(pdev, 0);
	ret = devm_request_irq(dev, irq, on_irq, 0, NULL, dev);
	pr_info("pdev: irq %d %d\n", irq, ret);
	pr_info("pdev: second irq %d\n", platform_get_irq(pdev, 1));
	pr_info("pdev: named %d\n", platform_get_irq_byname(pdev, "rx"));
	pr_info("pdev: optional %d\n", platform_get_irq_optional(pdev, 1));
	pr_info("pdev: count %d\n", platform_irq_count(pdev));
	add_extra(dev, 2);
	add_extra(dev, 3);
	pr_info("pdev: found %d\n", !!devres_find(dev, extra_release, extra_match, &two));
	pr_info("pdev: released %d\n", devres_release(dev, extra_release, extra_match, &two));
	pr_info("pdev: found %d\n", !!devres_find(dev, extra_release, extra_match, &two));
	devm_add_action(dev, action, "two");
	devm_add_action(dev, action, "removed");
	devm_remove_action(dev, action, "removed");
	pr_info("pdev: data %s\n", (char *)dev_get_platdata(dev));
	pr_info("pdev: text %s\n", devm_kasprintf(dev, GFP_KERNEL, "%s-%d", "text", 5));
	pr_info("pdev: group %d\n", devres_open_group(dev, probe, GFP_KERNEL) == probe);
	devm_add_action(dev, action, "in group");
	devres_close_group(dev, probe);
	pr_info("pdev: group %d\n", devres_release_group(dev, probe));
	irq_inject_interrupt(irq);
	properties(dev);
	return 0;
}

static int remove(struct platform_device *pdev)
{
	dev_info(&pdev->dev, "remove\n");
	return 0;
}

static int set_refuse(const char *val, const struct kernel_param *kp)
{
	refuse = val[0] == '1';
	ready = val[0] != '0';
	return 0;
}
static const struct kernel_param_ops ops = { .set = set_refuse };
module_param_cb(mode, &ops, NULL, 0200);

static struct platform_driver driver = { .probe = probe, .remove = remove, .driver = { .name = "t_pdev" } };

static const u32 levels[] = { 10, 20, 30 };
static const struct property_entry props[] = {
	PROPERTY_ENTRY_U32("speed", 9600),
	PROPERTY_ENTRY_U32_ARRAY("levels", levels),
	PROPERTY_ENTRY_STRING("label", "main"),
	PROPERTY_ENTRY_BOOL("fast"),
	PROPERTY_ENTRY_U64("big", 0x123456789abcULL),
	{}
};

static struct resource parts[] = {
	DEFINE_RES_MEM(0xd0000000, 0x1000),
	DEFINE_RES_IRQ(7),
	DEFINE_RES_IO_NAMED(0x300, 8, "t_io"),
};

static struct resource clash[] = { DEFINE_RES_MEM(0xfed00200, 0x400) };

static int __init start(void)
{
	struct platform_device_info info = {
		.name = "t_pdev", .id = 1, .res = parts, .num_res = ARRAY_SIZE(parts),
		.data = "platform", .size_data = 9, .properties = props,
	};

	first = platform_device_register_full(&info);
	pr_info("pdev: first %d\n", PTR_ERR_OR_ZERO(first));
	pr_info("pdev: clash %ld\n", PTR_ERR(platform_device_register_resndata(NULL, "t_clash", -1, clash, 1, NULL, 0)));
	second = platform_device_register_simple("t_pdev", 2, NULL, 0);
	pr_info("pdev: driver %d\n", platform_driver_register(&driver));
	return 0;
}

static void __exit stop(void)
{
	platform_driver_unregister(&driver);
	platform_device_unregister(second);
	platform_device_unregister(first);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
