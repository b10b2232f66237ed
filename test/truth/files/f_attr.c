// SPDX-License-Identifier: GPL-2.0
/* sysfs: groups, visibility, binary attributes, links, classes and buses, parameters. */
#define pr_fmt(fmt) "f_attr: " fmt
#include <linux/module.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <linux/string.h>

static struct kobject *top, *other;
static int value = 3;
static ssize_t value_show(struct kobject *k, struct kobj_attribute *a, char *b) { return sysfs_emit(b, "%d\n", value); }
static ssize_t value_store(struct kobject *k, struct kobj_attribute *a, const char *b, size_t n)
{
	int r = kstrtoint(b, 0, &value);

	pr_info("store %zu: %d\n", n, r);
	if (!r)
		sysfs_notify(k, NULL, "value");
	return r ?: n;
}
static struct kobj_attribute value_attr = __ATTR_RW(value);
static ssize_t name_show(struct kobject *k, struct kobj_attribute *a, char *b) { return sysfs_emit(b, "%s\n", a->attr.name); }
static struct kobj_attribute first = { .attr = { "first", 0444 }, .show = name_show };
static struct kobj_attribute second = { .attr = { "second", 0444 }, .show = name_show };
static struct kobj_attribute hidden = { .attr = { "hidden", 0444 }, .show = name_show };
static struct kobj_attribute merged = { .attr = { "merged", 0444 }, .show = name_show };
static struct kobj_attribute nobody = { .attr = { "nobody", 0644 } };
static int show_hidden;
static umode_t visible(struct kobject *k, struct attribute *a, int n)
{
	if (a == &hidden.attr)
		return show_hidden ? 0400 : 0;
	return a == &second.attr ? 0440 : a->mode;
}
static char blob[16] = "0123456789abcdef";
static ssize_t blob_read(struct file *f, struct kobject *k, struct bin_attribute *a, char *b, loff_t o, size_t n)
{
	pr_info("bin read %zu at %lld private %ld\n", n, o, (long)a->private);
	return memory_read_from_buffer(b, n, &o, blob, sizeof(blob));
}
static ssize_t blob_write(struct file *f, struct kobject *k, struct bin_attribute *a, char *b, loff_t o, size_t n)
{
	pr_info("bin write %zu at %lld\n", n, o);
	memcpy(blob + o, b, n);
	return n;
}
static struct bin_attribute blob_attr = { .attr = { "blob", 0600 }, .size = 16, .read = blob_read, .write = blob_write, .private = (void *)4 };
static struct attribute *attrs[] = { &first.attr, &second.attr, &hidden.attr, &nobody.attr, NULL };
static struct bin_attribute *bins[] = { &blob_attr, NULL };
static const struct attribute_group unnamed = { .attrs = attrs, .is_visible = visible, .bin_attrs = bins };
static const struct attribute_group named = { .name = "named", .attrs = attrs, .is_visible = visible };
static struct attribute *more[] = { &merged.attr, NULL };
static const struct attribute_group merge = { .name = "named", .attrs = more };

/* class and device attributes */
static ssize_t version_show(struct class *c, struct class_attribute *a, char *b) { return sysfs_emit(b, "class %s\n", c->name); }
static CLASS_ATTR_RO(version);
static ssize_t level_show(struct device *d, struct device_attribute *a, char *b) { return sysfs_emit(b, "%s %ld\n", dev_name(d), (long)dev_get_drvdata(d)); }
static ssize_t level_store(struct device *d, struct device_attribute *a, const char *b, size_t n) { pr_info("level %.*s\n", (int)n - 1, b); return n; }
static DEVICE_ATTR_RW(level);
static int integer = 11;
static DEVICE_INT_ATTR(number, 0644, integer);
static struct attribute *dattrs[] = { &dev_attr_level.attr, NULL };
static const struct attribute_group d_group = { .attrs = dattrs };
static const struct attribute_group *d_groups[] = { &d_group, NULL };
static struct class *cls;
static struct device *dev;

/* parameters */
static int number = 1;
static int set_number(const char *v, const struct kernel_param *p)
{
	int r = param_set_int(v, p);

	pr_info("number set to %d: %d\n", number, r);
	return r;
}
static const struct kernel_param_ops nops = { .set = set_number, .get = param_get_int };
module_param_cb(number, &nops, &number, 0644);
static bool flag;
module_param(flag, bool, 0600);
static char word[8] = "abc";
module_param_string(word, word, sizeof(word), 0644);
static int list[3] = { 1, 2, 3 }, count = 3;
module_param_array(list, int, &count, 0644);
static char *name = "x";
module_param(name, charp, 0644);
static unsigned char tiny = 200;
module_param(tiny, byte, 0444);
static int unseen;
module_param(unseen, int, 0);

static int __init f_init(void)
{
	int r;

	top = kobject_create_and_add("f_attr", kernel_kobj);
	other = kobject_create_and_add("other", top);
	r = sysfs_create_file(top, &value_attr.attr);
	pr_info("file %d again %d\n", r, sysfs_create_file(other, &value_attr.attr));
	pr_info("unnamed %d\n", sysfs_create_group(top, &unnamed));
	pr_info("named %d\n", sysfs_create_group(other, &named));
	show_hidden = 1;
	pr_info("update %d\n", sysfs_update_group(other, &named));
	pr_info("merge %d\n", sysfs_merge_group(other, &merge));
	pr_info("link %d\n", sysfs_create_link(other, top, "up"));
	pr_info("chmod %d\n", sysfs_chmod_file(other, &value_attr.attr, 0400));
	cls = class_create(THIS_MODULE, "f_attr_class");
	r = class_create_file(cls, &class_attr_version);
	dev = device_create_with_groups(cls, NULL, 0, (void *)6, d_groups, "f_attr%d", 1);
	pr_info("class %d device %d file %d\n", r, !IS_ERR(dev), device_create_file(dev, &dev_attr_number.attr));
	return 0;
}
static void __exit f_exit(void)
{
	device_unregister(dev);
	class_remove_file(cls, &class_attr_version);
	class_destroy(cls);
	sysfs_remove_link(other, "up");
	sysfs_unmerge_group(other, &merge);
	sysfs_remove_group(other, &named);
	sysfs_remove_group(top, &unnamed);
	kobject_put(other);
	kobject_put(top);
}
module_init(f_init);
module_exit(f_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("attributes");
