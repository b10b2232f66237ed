// SPDX-License-Identifier: GPL-2.0
/* kobject attributes and groups, debugfs, platform devices and drivers, notifier chains. */
#define pr_fmt(fmt) "core: " fmt
#include <linux/module.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <linux/debugfs.h>
#include <linux/platform_device.h>
#include <linux/notifier.h>

static int value = 3;
static u32 number = 7;
static u64 large = 0x1234;
static bool flag = true;
static u64 simple = 9;

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", value);
}

static ssize_t value_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t n)
{
	int ret = kstrtoint(buf, 10, &value);

	pr_info("store %zu = %d\n", n, ret);
	return ret ?: n;
}
static struct kobj_attribute value_attr = __ATTR_RW(value);
static struct kobj_attribute hidden_attr = __ATTR(hidden, 0444, value_show, NULL);
static struct kobj_attribute fixed_attr = __ATTR(fixed, 0444, value_show, NULL);

static umode_t visible(struct kobject *kobj, struct attribute *attr, int n)
{
	return attr == &hidden_attr.attr ? 0 : attr->mode;
}
static struct attribute *attrs[] = { &hidden_attr.attr, &fixed_attr.attr, NULL };
static const struct attribute_group group = { .name = "sub", .attrs = attrs, .is_visible = visible };

static int simple_get(void *data, u64 *val)
{
	*val = simple;
	return 0;
}

static int simple_set(void *data, u64 val)
{
	if (val > 100)
		return -ERANGE;
	simple = val;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(simple_fops, simple_get, simple_set, "%llu\n");

static int t_probe(struct platform_device *pdev)
{
	struct resource *res = platform_get_resource(pdev, IORESOURCE_MEM, 0);

	dev_info(&pdev->dev, "probe id=%d res=%pR irq=%d\n", pdev->id, res, platform_get_irq_optional(pdev, 0));
	return pdev->id == 2 ? -EIO : 0;
}

static int t_remove(struct platform_device *pdev)
{
	dev_info(&pdev->dev, "remove\n");
	return 0;
}
static struct platform_driver driver = {
	.driver = { .name = "t_core" }, .probe = t_probe, .remove = t_remove,
};

static struct resource res[] = {
	{ .start = 0xfe000000, .end = 0xfe000fff, .flags = IORESOURCE_MEM, .name = "regs" },
	{ .start = 5, .end = 5, .flags = IORESOURCE_IRQ },
};

static RAW_NOTIFIER_HEAD(chain);

static int on_event(struct notifier_block *nb, unsigned long event, void *data)
{
	pr_info("event %lu prio %d\n", event, nb->priority);
	return nb->priority == 0 ? NOTIFY_STOP : NOTIFY_OK;
}
static struct notifier_block low = { .notifier_call = on_event, .priority = -1 };
static struct notifier_block middle = { .notifier_call = on_event };
static struct notifier_block high = { .notifier_call = on_event, .priority = 9 };

static struct kobject *kobj;
static struct dentry *dir;
static struct platform_device *first, *second;

static int __init core_init(void)
{
	kobj = kobject_create_and_add("t_core", kernel_kobj);
	pr_info("kobj=%d file=%d group=%d\n", !!kobj, sysfs_create_file(kobj, &value_attr.attr),
		sysfs_create_group(kobj, &group));
	dir = debugfs_create_dir("t_core", NULL);
	debugfs_create_u32("number", 0644, dir, &number);
	debugfs_create_x64("large", 0444, dir, &large);
	debugfs_create_bool("flag", 0644, dir, &flag);
	debugfs_create_file_unsafe("simple", 0644, dir, NULL, &simple_fops);
	pr_info("again=%ld\n", PTR_ERR_OR_ZERO(debugfs_create_dir("t_core", NULL)));
	first = platform_device_register_simple("t_core", 1, res, 2);
	pr_info("driver=%d\n", platform_driver_register(&driver));
	second = platform_device_register_simple("t_core", 2, NULL, 0);
	pr_info("devices %d %d bound=%d %d\n", IS_ERR(first), IS_ERR(second), !!first->dev.driver, !!second->dev.driver);
	raw_notifier_chain_register(&chain, &low);
	raw_notifier_chain_register(&chain, &high);
	raw_notifier_chain_register(&chain, &middle);
	pr_info("chain=%x again=%d\n", raw_notifier_call_chain(&chain, 42, NULL),
		raw_notifier_chain_register(&chain, &high));
	return 0;
}

static void __exit core_exit(void)
{
	raw_notifier_chain_unregister(&chain, &high);
	pr_info("gone twice=%d\n", raw_notifier_chain_unregister(&chain, &high));
	platform_device_unregister(second);
	platform_driver_unregister(&driver);
	platform_device_unregister(first);
	debugfs_remove(dir);
	sysfs_remove_group(kobj, &group);
	kobject_put(kobj);
	pr_info("value=%d number=%u flag=%d simple=%llu\n", value, number, flag, simple);
}

module_init(core_init);
module_exit(core_exit);
MODULE_LICENSE("GPL");
