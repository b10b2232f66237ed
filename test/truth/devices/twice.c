// SPDX-License-Identifier: GPL-2.0
/* Names that are taken. For test/truth/devices.test.ts. */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/module.h>

static char *what = "kobject";
module_param(what, charp, 0);

static struct bus_type one = { .name = "t_twice" }, two = { .name = "t_twice" };
static struct device_driver slash = { .name = "t_a/b", .bus = &one }, again = { .name = "t_a/b", .bus = &one };
static struct device_driver bang = { .name = "t_a!b", .bus = &one };

static void kobjects(void)
{
	struct kobject *first = kobject_create_and_add("t_twice", kernel_kobj);
	struct kobject *second = kobject_create_and_add("t_twice", kernel_kobj);
	struct kset *set = kset_create_and_add("t_twice", NULL, kernel_kobj);

	pr_info("twice: %d %d %d\n", !!first, !!second, !!set);
	kobject_put(first);
	second = kobject_create_and_add("t_twice", kernel_kobj);
	pr_info("twice: once more %d\n", !!second);
	kobject_put(second);
}

static void buses(void)
{
	int ret = bus_register(&one);

	pr_info("twice: bus %d\n", ret);
	ret = bus_register(&two);
	pr_info("twice: bus %d p %d\n", ret, !!two.p);
	bus_unregister(&one);
	ret = bus_register(&two);
	pr_info("twice: bus %d\n", ret);
	bus_unregister(&two);
}

static void drivers(void)
{
	int ret = bus_register(&one);

	ret = driver_register(&slash);
	pr_info("twice: driver %d\n", ret);
	ret = driver_register(&again);
	pr_info("twice: driver %d p %d\n", ret, !!again.p);
	ret = driver_register(&bang);
	pr_info("twice: driver %d p %d\n", ret, !!bang.p);
	driver_unregister(&slash);
	ret = driver_register(&bang);
	pr_info("twice: driver %d\n", ret);
	driver_unregister(&bang);
	bus_unregister(&one);
}

static void classes(void)
{
	struct class *first = class_create(THIS_MODULE, "t_twice");
	struct class *second = class_create(THIS_MODULE, "t_twice");
	struct device *dev = device_create(first, NULL, 0, NULL, "t_dev"), *same;

	same = device_create(first, NULL, 0, NULL, "t_dev");
	pr_info("twice: class %ld device %ld\n", PTR_ERR(second), PTR_ERR(same));
	device_unregister(dev);
	class_destroy(first);
}

/* The directory of a class's devices goes with the only device that could not be added. */
static void shared(void)
{
	struct class *first = class_create(THIS_MODULE, "t_first"), *second = class_create(THIS_MODULE, "t_second");
	struct device *dev = device_create(first, NULL, MKDEV(500, 0), NULL, "t_dev"), *same;

	same = device_create(second, NULL, MKDEV(500, 0), NULL, "t_same");
	pr_info("twice: number %ld\n", PTR_ERR(same));
	same = device_create(second, NULL, MKDEV(500, 1), NULL, "t_same");
	pr_info("twice: then %d\n", IS_ERR(same));
	device_unregister(same);
	device_unregister(dev);
	class_destroy(second);
	class_destroy(first);
}

static int __init start(void)
{
	if (!strcmp(what, "bus"))
		buses();
	else if (!strcmp(what, "driver"))
		drivers();
	else if (!strcmp(what, "class"))
		classes();
	else if (!strcmp(what, "glue"))
		shared();
	else
		kobjects();
	return 0;
}

static void __exit stop(void)
{
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
