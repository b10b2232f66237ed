// SPDX-License-Identifier: GPL-2.0
/* Arguments that are easily overlooked: how far, from where on, whether to wait. */
#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

static int last = 3;
module_param(last, int, 0);

static int show(struct device *dev, void *data)
{
	pr_info("%s: %s\n", (char *)data, dev_name(dev));
	return 0;
}

static int any(struct device *dev, const void *data)
{
	return 1;
}

static void classes(void)
{
	struct class *family = class_create(THIS_MODULE, "t_args");
	struct device *dev[3], *found;
	int i;

	if (IS_ERR(family))
		return;
	for (i = 0; i < 3; i++)
		dev[i] = device_create(family, NULL, MKDEV(0, 0), NULL, "t_args%d", i);
	class_for_each_device(family, NULL, "all", show);
	class_for_each_device(family, dev[0], "behind the first", show);
	class_for_each_device(family, dev[2], "behind the last", show);
	found = class_find_device(family, dev[1], NULL, any);
	pr_info("found %s\n", found ? dev_name(found) : "nothing");
	put_device(found);
	pr_info("no class %d\n", class_for_each_device(NULL, NULL, "none", show));
	for (i = 0; i < 3; i++)
		device_unregister(dev[i]);
	class_destroy(family);
}

static void lists(void)
{
	char *text = kmemdup("abcdefghijkl", 12, GFP_KERNEL);
	struct scatterlist sg[3];
	char out[13];

	if (!text)
		return;
	sg_init_table(sg, 3);
	sg_set_buf(&sg[0], text, 4);
	sg_set_buf(&sg[1], text + 4, 4);
	sg_set_buf(&sg[2], text + 8, 4);
	memset(out, 0, sizeof(out));
	pr_info("to %zu %s\n", sg_copy_to_buffer(sg, 2, out, 12), out);
	memset(out, 0, sizeof(out));
	pr_info("pto %zu %s\n", sg_pcopy_to_buffer(sg, 2, out, 12, 3), out);
	pr_info("skipped %zu\n", sg_pcopy_to_buffer(sg, 2, out, 12, 8));
	pr_info("from %zu %.12s\n", sg_copy_from_buffer(sg, 1, "0123456789", 10), text);
	pr_info("zero %zu %d\n", sg_zero_buffer(sg, 2, 12, 6), text[7] + text[8]);
	pr_info("last %td\n", sg_last(sg, last) - sg);
	kfree(text);
}

static int __init t_args_init(void)
{
	struct net_device *dev = alloc_netdev(0, "t_args%d", NET_NAME_ENUM, ether_setup);

	classes();
	lists();
	pr_info("wait %d\n", request_module("t_args-%s", "one"));
	pr_info("nowait %d\n", request_module_nowait("t_args-%s", "two"));
	pr_info("55 %d\n", request_module("%055d", 1));
	pr_info("56 %d\n", request_module("%056d", 1));
	if (dev) {
		pr_info("name_assign_type %d\n", dev->name_assign_type);
		free_netdev(dev);
	}
	return -ENODEV;
}
module_init(t_args_init);
MODULE_LICENSE("GPL");
