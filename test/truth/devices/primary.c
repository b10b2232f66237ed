// SPDX-License-Identifier: GPL-2.0-only
/* A firmware node with operations of its own, and a software node behind it. */
#define pr_fmt(fmt) "primary: " fmt
#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

static int gets, puts;

static struct fwnode_handle *own_get(struct fwnode_handle *n)
{
	gets++;
	return n;
}
static void own_put(struct fwnode_handle *n)
{
	puts++;
}
static bool own_present(const struct fwnode_handle *n, const char *name)
{
	return !strcmp(name, "own");
}
static int own_ints(const struct fwnode_handle *n, const char *name, unsigned int size, void *val, size_t count)
{
	if (strcmp(name, "own"))
		return strcmp(name, "odd") ? -EINVAL : -EILSEQ;
	if (!val)
		return 1;
	if (count > 1 || size != 4)
		return -EOVERFLOW;
	*(u32 *)val = 31;
	return 0;
}
static const char *own_name(const struct fwnode_handle *n)
{
	return "mine";
}
static bool own_available(const struct fwnode_handle *n)
{
	return false;
}
static const struct fwnode_operations own_ops = {
	.get = own_get,
	.put = own_put,
	.property_present = own_present,
	.property_read_int_array = own_ints,
	.get_name = own_name,
	.device_is_available = own_available,
};
static const struct fwnode_operations no_ops;

static const struct property_entry props[] = {
	PROPERTY_ENTRY_U32("soft", 12), PROPERTY_ENTRY_U32("own", 13), PROPERTY_ENTRY_U32("odd", 14),
	PROPERTY_ENTRY_STRING("text", "soft text"), { }
};
static const struct software_node behind = { .name = "t_behind", .properties = props };
static const struct software_node child = { .name = "t_child", .parent = &behind };
static const struct software_node *group[] = { &behind, &child, NULL };

static struct fwnode_handle own, none;
static struct platform_device *pdev;

static void read(const char *when)
{
	static const char * const names[] = { "own", "soft", "odd", "nobody" };
	struct device *dev = &pdev->dev;
	const char *text = NULL;
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		u32 value = 0;

		ret = device_property_read_u32(dev, names[i], &value);
		pr_info("%s: %s %d %u present %d count %d\n", when, names[i], ret, value, device_property_present(dev, names[i]),
			device_property_count_u32(dev, names[i]));
	}
	ret = device_property_read_string(dev, "text", &text);
	pr_info("%s: text %d %s children %u\n", when, ret, text, device_get_child_node_count(dev));
	pr_info("%s: node %d %d %d secondary %ld\n", when, dev_fwnode(dev) == &own,
		dev_fwnode(dev) == software_node_fwnode(&behind), is_software_node(dev_fwnode(dev)),
		dev_fwnode(dev) && IS_ERR(dev_fwnode(dev)->secondary) ? PTR_ERR(dev_fwnode(dev)->secondary) : 0);
}

static int __init primary_init(void)
{
	struct fwnode_reference_args args;
	u32 value;

	fwnode_init(&own, &own_ops);
	fwnode_init(&none, &no_ops);
	pdev = platform_device_register_simple("t_primary", -1, NULL, 0);
	software_node_register_node_group(group);
	set_primary_fwnode(&pdev->dev, &own);
	read("own");
	pr_info("add %d\n", device_add_software_node(&pdev->dev, &behind));
	read("both");
	pr_info("name %s available %d parent %d child %d reference %d\n", fwnode_get_name(&own),
		fwnode_device_is_available(&own), !fwnode_get_parent(&own), !fwnode_get_named_child_node(&own, "t_child"),
		fwnode_property_get_reference_args(&own, "text", NULL, 0, 0, &args));
	pr_info("none: %d %d %d %d\n", fwnode_property_read_u32(&none, "x", &value), fwnode_property_present(&none, "x"),
		fwnode_device_is_available(&none), fwnode_handle_get(&none) == &none);
	pr_info("matches %d %d\n", device_match_fwnode(&pdev->dev, &own), device_match_fwnode(&pdev->dev, &none));
	set_primary_fwnode(&pdev->dev, NULL);
	read("soft");
	pr_info("own secondary %d\n", !own.secondary);
	set_primary_fwnode(&pdev->dev, &own);
	read("again");
	device_remove_software_node(&pdev->dev);
	read("removed");
	set_primary_fwnode(&pdev->dev, NULL);
	pr_info("nothing %d\n", !dev_fwnode(&pdev->dev));
	device_set_node(&pdev->dev, software_node_fwnode(&child));
	pr_info("set %d\n", dev_fwnode(&pdev->dev) == software_node_fwnode(&child));
	device_set_node(&pdev->dev, NULL);
	pr_info("gets %d puts %d\n", gets, puts);
	return 0;
}

static void __exit primary_exit(void)
{
	platform_device_unregister(pdev);
	software_node_unregister_node_group(group);
}

module_init(primary_init);
module_exit(primary_exit);
MODULE_LICENSE("GPL");
