// SPDX-License-Identifier: GPL-2.0-only
/* A transport class, whose devices come and go with those that its container matches. */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/transport_class.h>

static int setup(struct transport_container *tc, struct device *dev, struct device *made)
{
	pr_info("transport: setup %s %s same class %d\n", dev_name(dev), dev_name(made), made->class == tc->ac.class);
	return 0;
}

static int configure(struct transport_container *tc, struct device *dev, struct device *made)
{
	pr_info("transport: configure %s parent %d\n", dev_name(made), made->parent == dev);
	return 0;
}

static int removal(struct transport_container *tc, struct device *dev, struct device *made)
{
	pr_info("transport: remove %s\n", dev_name(made));
	return 0;
}

static DECLARE_TRANSPORT_CLASS(class, "koboxtransport", setup, removal, configure);

static int anon_configure(struct transport_container *tc, struct device *dev, struct device *made)
{
	pr_info("transport: anonymous %s none %d\n", dev_name(dev), made == NULL);
	return 0;
}

static ssize_t speed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s fast\n", dev_name(dev));
}
static DEVICE_ATTR_RO(speed);
static struct device_attribute *attributes[] = { &dev_attr_speed, NULL };

static int match(struct attribute_container *container, struct device *dev)
{
	return !strcmp(dev_name(dev), "transported");
}

static bool anonymously;

static int anon_match(struct attribute_container *container, struct device *dev)
{
	return anonymously && match(container, dev);
}

static DECLARE_ANON_TRANSPORT_CLASS(anonymous, anon_match, anon_configure);
static struct transport_container container = {
	.ac = { .class = &class.class, .attrs = attributes, .match = match },
};
static struct device *device;

static int __init d_transport_init(void)
{
	int error = transport_class_register(&class);

	pr_info("transport: class %d\n", error);
	error = attribute_container_register(&container.ac);
	pr_info("transport: container %d anonymous %d\n", error, anon_transport_class_register(&anonymous));
	device = root_device_register("transported");
	transport_setup_device(device);
	pr_info("transport: add %d\n", transport_add_device(device));
	anonymously = true;
	transport_configure_device(device);
	anonymously = false;
	pr_info("transport: busy %d\n", attribute_container_unregister(&container.ac));
	return 0;
}

static void __exit d_transport_exit(void)
{
	transport_remove_device(device);
	transport_destroy_device(device);
	root_device_unregister(device);
	pr_info("transport: container %d\n", attribute_container_unregister(&container.ac));
	anon_transport_class_unregister(&anonymous);
	transport_class_unregister(&class);
}

module_init(d_transport_init);
module_exit(d_transport_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A transport class");
