// SPDX-License-Identifier: GPL-2.0-only
/* What a bus tells of its devices and drivers, who else listens, and drivers for the kernel's buses. */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>

static int match(struct device *dev, struct device_driver *drv)
{
	return !strncmp(dev_name(dev), drv->name, 3);
}

static int probe(struct device *dev)
{
	pr_info("buses: probe %s\n", dev_name(dev));
	return strcmp(dev_name(dev), "two-bad") ? 0 : -EIO;
}

static void remove(struct device *dev)
{
	pr_info("buses: remove %s\n", dev_name(dev));
}

static struct bus_type bus = { .name = "buses", .match = match, .probe = probe, .remove = remove };
static struct device_driver one = { .name = "one", .bus = &bus };
static struct device_driver two = { .name = "two", .bus = &bus };

static const char *const actions[] = {
	"none", "add", "del", "removed", "bind", "bound", "unbind", "unbound", "not bound",
};

static int hear(struct notifier_block *nb, unsigned long action, void *data)
{
	struct device *dev = data;

	pr_info("buses: %s: %s, driver %s\n", dev_name(dev), action < 9 ? actions[action] : "?",
		dev->driver ? dev->driver->name : "none");
	return NOTIFY_OK;
}
static struct notifier_block listener = { .notifier_call = hear };

static void class_gone(struct class *class)
{
	pr_info("buses: class %s released\n", class->name);
}
static struct class family = { .name = "buses", .class_release = class_gone };

static int face_add(struct device *dev, struct class_interface *face)
{
	pr_info("buses: interface: %s has come\n", dev_name(dev));
	return 0;
}
static void face_remove(struct device *dev, struct class_interface *face)
{
	pr_info("buses: interface: %s goes\n", dev_name(dev));
}
static struct class_interface face = { .class = &family, .add_dev = face_add, .remove_dev = face_remove };

static void release(struct device *dev)
{
	pr_info("buses: %s released\n", dev_name(dev));
	kfree(dev);
}

static struct device *add(const char *name, struct class *class, struct bus_type *on)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	dev->release = release;
	dev->class = class;
	dev->bus = on;
	dev_set_name(dev, "%s", name);
	if (device_register(dev))
		pr_info("buses: no device\n");
	return dev;
}

static int each_device(struct device *dev, void *data)
{
	pr_info("buses: %s %s\n", (char *)data, dev_name(dev));
	return !strcmp(data, "until") ? 7 : 0;
}

static int each_driver(struct device_driver *drv, void *data)
{
	pr_info("buses: %s %s\n", (char *)data, drv->name);
	return 0;
}

static int named(struct device *dev, const void *name)
{
	return !strcmp(dev_name(dev), name);
}

static const struct spi_device_id spi_ids[] = { { "abc" }, { } };
static const struct of_device_id of_ids[] = {
	{ .compatible = "maker,abc" }, { .compatible = "maker,def" }, { .compatible = "ghi" }, { },
};
static struct spi_driver spi = {
	.driver = { .name = "buses-spi", .of_match_table = of_ids }, .id_table = spi_ids,
};
static const struct of_device_id own_ids[] = {
	{ .compatible = "maker,buses-spi2" }, { .compatible = "buses-other" }, { },
};
static struct spi_driver spi2 = { .driver = { .name = "buses-spi2", .of_match_table = own_ids } };
static struct i2c_driver i2c = { .driver = { .name = "buses-i2c" } };
static struct i2c_driver i2c2 = { .driver = { .name = "buses-i2c" } };
static struct pci_driver pci = { .name = "buses-pci" };

static bool no_match(struct device *dev)
{
	return false;
}
static struct acpi_device *no_companion(struct device *dev)
{
	return NULL;
}
static struct acpi_bus_type acpi = {
	.name = "BUSES", .match = no_match, .find_companion = no_companion,
};
static struct acpi_bus_type half = { .name = "HALF" };

static struct device *a, *b, *c, *d;

static void walk(void)
{
	struct device *found;

	pr_info("buses: %d\n", bus_for_each_dev(&bus, NULL, "device", each_device));
	pr_info("buses: %d\n", bus_for_each_dev(&bus, a, "behind", each_device));
	pr_info("buses: %d\n", bus_for_each_dev(&bus, NULL, "until", each_device));
	pr_info("buses: %d\n", bus_for_each_drv(&bus, NULL, "driver", each_driver));
	pr_info("buses: %d\n", bus_for_each_drv(&bus, &one, "behind", each_driver));
	pr_info("buses: %d\n", driver_for_each_device(&one, NULL, "of one", each_device));
	pr_info("buses: none %d %d\n", bus_for_each_dev(NULL, NULL, NULL, each_device),
		bus_for_each_drv(NULL, NULL, NULL, each_driver));
	found = bus_find_device(&bus, NULL, "two-bad", named);
	pr_info("buses: found %d\n", found == b);
	put_device(found);
	pr_info("buses: found %d\n", bus_find_device(&bus, b, "one-a", named) == NULL);
	pr_info("buses: drivers %d %d\n", driver_find("two", &bus) == &two, driver_find("six", &bus) == NULL);
}

static int __init buses_init(void)
{
	pr_info("buses: acpi %d %d\n", register_acpi_bus_type(&acpi), register_acpi_bus_type(&half));
	pr_info("buses: bus %d\n", bus_register(&bus));
	pr_info("buses: notifier %d\n", bus_register_notifier(&bus, &listener));
	a = add("one-a", NULL, &bus);
	pr_info("buses: drivers %d", driver_register(&one));
	pr_cont(" %d\n", driver_register(&two));
	b = add("two-bad", NULL, &bus);
	walk();
	pr_info("buses: class %d\n", class_register(&family));
	c = add("class-c", &family, NULL);
	pr_info("buses: interface %d\n", class_interface_register(&face));
	d = add("class-d", &family, NULL);
	pr_info("buses: spi %d\n", spi_register_driver(&spi));
	pr_info("buses: spi %d\n", spi_register_driver(&spi2));
	pr_info("buses: i2c %d\n", i2c_add_driver(&i2c));
	pr_info("buses: i2c %d\n", i2c_add_driver(&i2c2));
	pr_info("buses: pci %d\n", pci_register_driver(&pci));
	return 0;
}

static void __exit buses_exit(void)
{
	pci_unregister_driver(&pci);
	i2c_del_driver(&i2c);
	spi_unregister_driver(&spi2);
	spi_unregister_driver(&spi);
	device_unregister(d);
	class_interface_unregister(&face);
	device_unregister(c);
	class_unregister(&family);
	driver_unregister(&two);
	device_unregister(b);
	device_unregister(a);
	driver_unregister(&one);
	pr_info("buses: notifier %d", bus_unregister_notifier(&bus, &listener));
	pr_cont(" %d\n", bus_unregister_notifier(&bus, &listener));
	bus_unregister(&bus);
	/* Numbers that nobody has. */
	__unregister_chrdev(14, 0, 256, "buses");
	pr_info("buses: acpi %d\n", unregister_acpi_bus_type(&acpi));
}

module_init(buses_init);
module_exit(buses_exit);
MODULE_LICENSE("GPL");
