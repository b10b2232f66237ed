// SPDX-License-Identifier: GPL-2.0-only
/* Software nodes: registered, found, read, referred to, printed, given to devices. */
#define pr_fmt(fmt) "swnode: " fmt
#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>

static const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const u16 halves[] = { 0x102, 0x304, 0x506 };
static const u32 words[] = { 0x11223344, 7 };
static const u64 longs[] = { 0x1122334455667788, 42, 43 };
static const char * const texts[] = { "red", "green", "blue" };

static const struct software_node top, left, right;
static const struct software_node_ref_args refs[] = {
	SOFTWARE_NODE_REFERENCE(&left, 5, 6),
	SOFTWARE_NODE_REFERENCE(&right),
	SOFTWARE_NODE_REFERENCE(&top, 1),
};
static const struct property_entry top_props[] = {
	PROPERTY_ENTRY_U8("u8", 200),
	PROPERTY_ENTRY_U16("u16", 50000),
	PROPERTY_ENTRY_U32("u32", 0x89abcdef),
	PROPERTY_ENTRY_U64("u64", 0x8877665544332211),
	PROPERTY_ENTRY_STRING("text", "hello"),
	PROPERTY_ENTRY_BOOL("there"),
	PROPERTY_ENTRY_U8_ARRAY("bytes", bytes),
	PROPERTY_ENTRY_U16_ARRAY("halves", halves),
	PROPERTY_ENTRY_U32_ARRAY("words", words),
	PROPERTY_ENTRY_U64_ARRAY("longs", longs),
	PROPERTY_ENTRY_STRING_ARRAY("texts", texts),
	PROPERTY_ENTRY_REF_ARRAY("refs", refs),
	PROPERTY_ENTRY_REF("one", &right, 9),
	{ }
};
static const struct property_entry left_props[] = {
	PROPERTY_ENTRY_U32("#cells", 2),
	PROPERTY_ENTRY_U32("only-left", 11),
	{ }
};
static const struct software_node top = { .name = "t_top", .properties = top_props };
static const struct software_node left = { .name = "t_left", .parent = &top, .properties = left_props };
static const struct software_node right = { .name = "t_right", .parent = &top };
static const struct software_node deep = { .name = "t_deep", .parent = &right };
static const struct software_node orphan = { .name = "t_orphan", .parent = &deep };
static const struct software_node twin = { .name = "t_top" };
static const struct software_node nodes[] = {
	{ .name = "t_n0" }, { .name = "t_n1", .parent = &nodes[0] }, { .name = "t_n2", .parent = &nodes[1] }, { }
};
static const struct software_node crooked[] = {
	{ .name = "t_c0" }, { .name = "t_c1", .parent = &orphan }, { .name = "t_c2" }, { }
};
static const struct software_node *group[] = { &top, &left, &right, &deep, NULL };

static void numbers(struct fwnode_handle *n)
{
	static const char * const names[] = { "u8", "u16", "u32", "u64", "text", "there", "bytes", "halves", "words",
					      "longs", "texts", "refs", "none" };
	u8 a[12];
	u16 b[4];
	u32 c[4];
	u64 d[4];
	const char *s[4];
	int i, ra, rb, rc, rd, rs;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		memset(a, 0xee, sizeof(a)), memset(b, 0xee, sizeof(b)), memset(c, 0xee, sizeof(c)), memset(d, 0xee, sizeof(d));
		ra = fwnode_property_read_u8(n, names[i], a);
		rb = fwnode_property_read_u16(n, names[i], b);
		/* A pointer's value is nobody's business. */
		rc = strncmp(names[i], "t", 1) && strcmp(names[i], "refs") ? fwnode_property_read_u32(n, names[i], c) : 99;
		rd = strncmp(names[i], "t", 1) && strcmp(names[i], "refs") ? fwnode_property_read_u64(n, names[i], d) : 99;
		if (rc == 99)
			a[0] = b[0] = 0;
		pr_info("%s: present %d, %d %x, %d %x, %d %x, %d %llx\n", names[i], fwnode_property_present(n, names[i]), ra,
			a[0], rb, b[0], rc, c[0], rd, d[0]);
		pr_info("%s: counts %d %d %d %d %d\n", names[i], fwnode_property_count_u8(n, names[i]),
			fwnode_property_count_u16(n, names[i]), fwnode_property_count_u32(n, names[i]),
			fwnode_property_count_u64(n, names[i]), fwnode_property_string_array_count(n, names[i]));
	}
	ra = fwnode_property_read_u8_array(n, "bytes", a, 9);
	pr_info("bytes %d %*ph, ten %d\n", ra, 10, a, fwnode_property_read_u8_array(n, "bytes", a, 10));
	rb = fwnode_property_read_u16_array(n, "bytes", b, 4);
	pr_info("halves of bytes %d %x %x, five %d\n", rb, b[0], b[3], fwnode_property_read_u16_array(n, "bytes", b, 5));
	rc = fwnode_property_read_u32_array(n, "longs", c, 3);
	pr_info("words of longs %d %x %x %x\n", rc, c[0], c[1], c[2]);
	rd = fwnode_property_read_u64_array(n, "longs", d, 3);
	pr_info("longs %d %llx %llx %llx, none %d\n", rd, d[0], d[1], d[2], fwnode_property_read_u64_array(n, "longs", d, 0));
	s[0] = s[1] = s[2] = s[3] = NULL;
	rs = fwnode_property_read_string_array(n, "texts", s, 2);
	pr_info("texts %d %s %s %d\n", rs, s[0], s[1], !s[2]);
	rs = fwnode_property_read_string_array(n, "texts", s, 4);
	pr_info("texts %d %s %s %s %d\n", rs, s[0], s[1], s[2], !s[3]);
	rs = fwnode_property_read_string(n, "texts", s);
	pr_info("text %d %s, of bool %d, of none %d\n", rs, s[0], fwnode_property_read_string(n, "there", s),
		fwnode_property_read_string(n, "none", s));
	pr_info("match %d %d %d %d %d\n", fwnode_property_match_string(n, "texts", "blue"),
		fwnode_property_match_string(n, "texts", "pink"), fwnode_property_match_string(n, "text", "hello"),
		fwnode_property_match_string(n, "there", "x"), fwnode_property_match_string(n, "none", "x"));
}

static void references(struct fwnode_handle *n)
{
	struct fwnode_reference_args args;
	struct fwnode_handle *found;
	int i, ret;

	for (i = 0; i < 4; i++) {
		memset(&args, 0xee, sizeof(args));
		ret = fwnode_property_get_reference_args(n, "refs", NULL, 2, i, &args);
		pr_info("refs %d: %d", i, ret);
		if (!ret) {
			pr_cont(" %pfwP nargs %u %llu %llu %llx", args.fwnode, args.nargs, args.args[0], args.args[1], args.args[2]);
			fwnode_handle_put(args.fwnode);
		}
		pr_cont("\n");
	}
	ret = fwnode_property_get_reference_args(n, "refs", "#cells", 7, 0, &args);
	pr_info("cells %d nargs %u %llu\n", ret, args.nargs, args.args[1]);
	if (!ret)
		fwnode_handle_put(args.fwnode);
	pr_info("cells %d, many %d, none %d, number %d, no args %d, no node %d\n",
		fwnode_property_get_reference_args(n, "one", "#cells", 0, 0, &args),
		fwnode_property_get_reference_args(n, "one", NULL, 17, 0, &args),
		fwnode_property_get_reference_args(n, "none", NULL, 0, 0, &args),
		fwnode_property_get_reference_args(n, "u32", NULL, 0, 0, &args),
		fwnode_property_get_reference_args(n, "one", NULL, 0, 0, NULL),
		fwnode_property_get_reference_args(NULL, "one", NULL, 0, 0, &args));
	found = fwnode_find_reference(n, "one", 0);
	pr_info("found %pfwP, second %ld\n", found, PTR_ERR(fwnode_find_reference(n, "one", 1)));
	fwnode_handle_put(found);
}

static void family(struct fwnode_handle *n)
{
	struct fwnode_handle *child, *parent, *nth;

	fwnode_for_each_child_node(n, child)
		pr_info("child %pfw available %d ancestors %u\n", child, fwnode_device_is_available(child),
			fwnode_count_parents(child));
	child = fwnode_get_named_child_node(n, "t_right");
	parent = fwnode_get_parent(child);
	pr_info("named %s parent %s none %d\n", fwnode_get_name(child), fwnode_get_name(parent),
		!fwnode_get_named_child_node(n, "t_deep"));
	fwnode_handle_put(parent);
	fwnode_handle_put(child);
	child = fwnode_handle_get(software_node_fwnode(&deep));
	nth = fwnode_get_nth_parent(child, 2);
	pr_info("nth %pfwP, third %d, zero %d\n", nth, !fwnode_get_nth_parent(child, 3),
		fwnode_get_nth_parent(child, 0) == child);
	fwnode_handle_put(nth);
	fwnode_handle_put(child);
	child = fwnode_get_next_parent(child);
	pr_info("next parent %pfw [%20pfwP] [%-20pfwP] [%20pfw] [%.3pfwP] %pfx\n", child, child, child, child, child, child);
	fwnode_handle_put(child);
	pr_info("top %pfw %pfwf, null %pfw %pfwP\n", n, n, (void *)NULL, (void *)NULL);
	pr_info("no name %d no parent %d\n", !fwnode_get_name(NULL), !fwnode_get_parent(n));
}

static void found(void)
{
	const struct software_node *n = software_node_find_by_name(&top, "t_left");

	pr_info("found %s same %d, elsewhere %d %d, nameless %d\n", n->name, n == &left,
		!software_node_find_by_name(NULL, "t_left"), !software_node_find_by_name(&top, "t_deep"),
		!software_node_find_by_name(&top, NULL));
	fwnode_handle_put(software_node_fwnode(n));
	pr_info("node %d %d %d, is %d %d %d\n", to_software_node(software_node_fwnode(&left)) == &left,
		!to_software_node(NULL), !software_node_fwnode(&orphan), is_software_node(software_node_fwnode(&left)),
		is_software_node(NULL), is_software_node(ERR_PTR(-ENODEV)));
}

static void created(void)
{
	struct property_entry props[] = { PROPERTY_ENTRY_U32("made", 77), PROPERTY_ENTRY_STRING_ARRAY("texts", texts),
					  PROPERTY_ENTRY_STRING("text", "short"), PROPERTY_ENTRY_U64_ARRAY("longs", longs),
					  PROPERTY_ENTRY_BOOL("there"), { } };
	static const struct property_entry bad[] = {
		{ .name = "bad", .is_inline = true, .type = DEV_PROP_REF, .length = 8 }, { } };
	static const struct property_entry empty[] = { { .name = "empty" }, { } };
	struct fwnode_handle *one, *two;
	const char *s[3];
	u32 value = 0;
	u64 l[3];
	int ret;

	one = fwnode_create_software_node(props, NULL);
	props[0].value.u32_data[0] = 1;
	two = fwnode_create_software_node(NULL, one);
	pr_info("created %pfw %pfw\n", one, two);
	ret = fwnode_property_read_u32(one, "made", &value);
	pr_info("made %d %u\n", ret, value);
	ret = fwnode_property_read_string_array(one, "texts", s, 3);
	pr_info("texts %d %s %s\n", ret, s[0], s[2]);
	ret = fwnode_property_read_u64_array(one, "longs", l, 3);
	pr_info("copied %d %d\n", s[0] != texts[0], ret);
	ret = fwnode_property_read_string(one, "text", s);
	pr_info("text %d %s\n", ret, s[0]);
	pr_info("last %llu there %d two %d\n", l[2], fwnode_property_present(one, "there"),
		fwnode_property_read_u32(two, "made", &value));
	pr_info("bad %ld empty %ld parent %ld\n", PTR_ERR(fwnode_create_software_node(bad, NULL)),
		PTR_ERR(fwnode_create_software_node(empty, NULL)),
		PTR_ERR(fwnode_create_software_node(NULL, ERR_PTR(-ENODEV))));
	fwnode_remove_software_node(two);
	two = fwnode_create_software_node(NULL, one);
	pr_info("again %pfwP\n", two);
	fwnode_remove_software_node(two);
	fwnode_remove_software_node(one);
	fwnode_remove_software_node(NULL);
}

static struct platform_device *pdev, *late, *full;

static void read(struct device *dev)
{
	u32 value = 0;
	int ret = device_property_read_u32(dev, "u32", &value);

	pr_info("read %d %x, count %d, none %d present %d\n", ret, value, device_property_count_u32(dev, "words"),
		device_property_read_u32(dev, "none", &value), device_property_present(dev, "there"));
}

static void devices(void)
{
	static const struct property_entry props[] = { PROPERTY_ENTRY_U32("u32", 3), { } };
	static const struct platform_device_info info = { .name = "t_full", .id = 4, .properties = props };
	struct fwnode_handle *child, *named;
	int ret;

	pdev = platform_device_register_simple("t_swdev", -1, NULL, 0);
	read(&pdev->dev);
	ret = device_add_software_node(&pdev->dev, &top);
	pr_info("added %d again %d\n", ret, device_add_software_node(&pdev->dev, &left));
	read(&pdev->dev);
	pr_info("children %u same %d secondary %ld\n", device_get_child_node_count(&pdev->dev),
		dev_fwnode(&pdev->dev) == software_node_fwnode(&top), PTR_ERR(dev_fwnode(&pdev->dev)->secondary));
	device_for_each_child_node(&pdev->dev, child)
		pr_info("child %pfwP\n", child);
	named = device_get_named_child_node(&pdev->dev, "t_left");
	pr_info("named %pfwP match %d\n", named, device_property_match_string(&pdev->dev, "texts", "green"));
	fwnode_handle_put(named);
	device_remove_software_node(&pdev->dev);
	pr_info("removed %d top %d\n", !dev_fwnode(&pdev->dev), !!software_node_fwnode(&top));
	pr_info("managed %d\n", device_create_managed_software_node(&pdev->dev, props, NULL));
	read(&pdev->dev);

	late = platform_device_alloc("t_late", 2);
	pr_info("early %d\n", device_add_software_node(&late->dev, &twin));
	pr_info("early %d\n", device_add_software_node(&late->dev, &top));
	pr_info("add %d\n", platform_device_add(late));
	full = platform_device_register_full(&info);
	read(&full->dev);
}

static int __init swnode_init(void)
{
	int ret = software_node_register(&orphan);

	pr_info("group %d none %d\n", software_node_register_node_group(group), software_node_register_node_group(NULL));
	pr_info("again %d orphan %d twin %d\n", software_node_register(&left), ret, software_node_register(&twin));
	ret = software_node_register_nodes(crooked);
	pr_info("nodes %d crooked %d gone %d\n", software_node_register_nodes(nodes), ret, !software_node_fwnode(&crooked[0]));
	pr_info("third %pfw\n", software_node_fwnode(&nodes[2]));
	software_node_unregister_nodes(nodes);
	pr_info("unregistered %d\n", !software_node_fwnode(&nodes[0]));
	numbers(software_node_fwnode(&top));
	numbers(NULL);
	references(software_node_fwnode(&top));
	family(software_node_fwnode(&top));
	found();
	created();
	devices();
	return 0;
}

static void __exit swnode_exit(void)
{
	struct fwnode_handle *fwnode;

	platform_device_unregister(full);
	platform_device_unregister(pdev);
	software_node_unregister_node_group(group);
	pr_info("gone %d %d\n", !software_node_fwnode(&left), !software_node_fwnode(&top));
	platform_device_del(late);
	fwnode = dev_fwnode(&late->dev);
	pr_info("kept %d %pfw\n", !!fwnode, fwnode);
	device_remove_software_node(&late->dev);
	pr_info("gone %d\n", !software_node_fwnode(&top));
	platform_device_put(late);
}

module_init(swnode_init);
module_exit(swnode_exit);
MODULE_LICENSE("GPL");
