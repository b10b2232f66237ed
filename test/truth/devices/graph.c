// SPDX-License-Identifier: GPL-2.0-only
/* Software nodes that are connected: ports, endpoints, and what lies at the other end. */
#define pr_fmt(fmt) "graph: " fmt
#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#define REMOTE(name, to) static const struct property_entry name[] = { PROPERTY_ENTRY_REF("remote-endpoint", to), { } }

static const struct software_node ep00, ep01, ep10, far0, far1, sensor;
REMOTE(to_far0, &far0);
REMOTE(to_far1, &far1);
REMOTE(to_ep00, &ep00);
REMOTE(to_ep01, &ep01);

static const char * const irq_names[] = { "ready", "error" };
static const struct property_entry cam_props[] = { PROPERTY_ENTRY_STRING_ARRAY("interrupt-names", irq_names), { } };

static const struct software_node cam = { .name = "t_cam", .properties = cam_props };
static const struct software_node other = { .name = "other", .parent = &cam };
static const struct software_node port0 = { .name = "port@0", .parent = &cam };
static const struct software_node ep00 = { .name = "endpoint@0", .parent = &port0, .properties = to_far0 };
static const struct software_node ep01 = { .name = "endpoint@1", .parent = &port0, .properties = to_far1 };
static const struct software_node port1 = { .name = "port@12", .parent = &cam };
static const struct software_node ep10 = { .name = "endpoint@0", .parent = &port1 };
static const struct software_node port_x = { .name = "port@x", .parent = &cam };
static const struct software_node epx = { .name = "endpoint@0", .parent = &port_x };

static const struct software_node sensor = { .name = "t_sensor" };
static const struct software_node ports = { .name = "ports", .parent = &sensor };
static const struct software_node sport = { .name = "port@3", .parent = &ports };
static const struct software_node far0 = { .name = "endpoint@0", .parent = &sport, .properties = to_ep00 };
static const struct software_node far1 = { .name = "endpoint@1", .parent = &sport, .properties = to_ep01 };

static const struct software_node *group[] = { &cam, &other, &port0, &ep00, &ep01, &port1, &ep10, &port_x, &epx, &sensor, &ports,
					       &sport, &far0, &far1, NULL };

static void walk(const struct software_node *node)
{
	struct fwnode_handle *top = software_node_fwnode(node), *ep, *got;

	fwnode_graph_for_each_endpoint(top, ep) {
		struct fwnode_endpoint e = { 9, 9, NULL };
		int ret = fwnode_graph_parse_endpoint(ep, &e);

		pr_info("%pfw: %d port %u id %u same %d is %d\n", ep, ret, e.port, e.id, e.local_fwnode == ep,
			fwnode_graph_is_endpoint(ep));
		got = fwnode_graph_get_port_parent(ep);
		pr_info(" parent %pfw\n", got);
		fwnode_handle_put(got);
		if (!fwnode_graph_is_endpoint(ep))
			continue;
		got = fwnode_graph_get_remote_endpoint(ep);
		pr_info(" remote %pfw\n", got);
		fwnode_handle_put(got);
		got = fwnode_graph_get_remote_port(ep);
		pr_info(" remote port %pfw\n", got);
		fwnode_handle_put(got);
		got = fwnode_graph_get_remote_port_parent(ep);
		pr_info(" remote parent %pfw\n", got);
		fwnode_handle_put(got);
	}
	pr_info("%pfw: count %u all %u\n", top, fwnode_graph_get_endpoint_count(top, 0),
		fwnode_graph_get_endpoint_count(top, FWNODE_GRAPH_DEVICE_DISABLED));
}

static void look(const struct software_node *node, u32 port, u32 id, unsigned long flags)
{
	struct fwnode_handle *ep = fwnode_graph_get_endpoint_by_id(software_node_fwnode(node), port, id, flags);

	pr_info("port %u endpoint %u flags %lx: %pfw\n", port, id, flags, ep);
	fwnode_handle_put(ep);
}

static void devices(void)
{
	struct platform_device *pdev = platform_device_register_simple("t_graph", -1, NULL, 0);
	struct fwnode_handle *top = software_node_fwnode(&cam);

	pr_info("match data %d dma %d %d\n", !device_get_match_data(&pdev->dev), device_dma_supported(&pdev->dev),
		device_get_dma_attr(&pdev->dev));
	device_add_software_node(&pdev->dev, &cam);
	pr_info("match data %d dma %d %d\n", !device_get_match_data(&pdev->dev), device_dma_supported(&pdev->dev),
		device_get_dma_attr(&pdev->dev));
	pr_info("irq %d %d, by name %d %d %d, iomap %d\n", fwnode_irq_get(top, 0), fwnode_irq_get(NULL, 0),
		fwnode_irq_get_byname(top, "error"), fwnode_irq_get_byname(top, "none"), fwnode_irq_get_byname(top, NULL),
		!fwnode_iomap(top, 0));
	device_remove_software_node(&pdev->dev);
	platform_device_unregister(pdev);
}

static int __init graph_init(void)
{
	pr_info("group %d\n", software_node_register_node_group(group));
	walk(&cam);
	walk(&sensor);
	walk(&port0);
	look(&cam, 0, 1, 0);
	look(&cam, 0, 2, 0);
	look(&cam, 12, 0, 0);
	look(&cam, 12, 0, FWNODE_GRAPH_DEVICE_DISABLED);
	look(&cam, 7, 0, FWNODE_GRAPH_ENDPOINT_NEXT);
	look(&sensor, 3, 0, FWNODE_GRAPH_ENDPOINT_NEXT);
	devices();
	pr_info("nobody %d %d %d\n", !fwnode_graph_get_next_endpoint(NULL, NULL), !fwnode_graph_get_remote_endpoint(NULL),
		!fwnode_graph_get_port_parent(NULL));
	return 0;
}

static void __exit graph_exit(void)
{
	software_node_unregister_node_group(group);
	pr_info("gone %d %d\n", !software_node_fwnode(&cam), !software_node_fwnode(&sensor));
}

module_init(graph_init);
module_exit(graph_exit);
MODULE_LICENSE("GPL");
