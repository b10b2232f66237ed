// SPDX-License-Identifier: GPL-2.0-only
/* Lights and their triggers. */
#include <linux/delay.h>
#include <linux/leds.h>
#include <linux/module.h>

static struct led_trigger *t_simple, *t_twice;

static void t_set(struct led_classdev *led, enum led_brightness value)
{
	pr_info("t_light: %s set to %d\n", led->name, value);
}

static int t_set_blocking(struct led_classdev *led, enum led_brightness value)
{
	pr_info("t_light: %s set to %d, sleeping\n", led->name, value);
	return 0;
}

static struct led_classdev t_first = { .name = "t_first", .brightness_set = t_set, .default_trigger = "t_own" };
static struct led_classdev t_second = {
	.name = "t_second",
	.brightness_set_blocking = t_set_blocking,
	.max_brightness = 10,
	.default_trigger = "t_simple",
};
static struct led_classdev t_third = { .name = "t_first", .brightness_set = t_set };

static ssize_t t_file_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct led_classdev *led = led_trigger_get_led(dev);

	return sysfs_emit(buf, "of %s\n", led->name);
}
static DEVICE_ATTR(t_file, 0444, t_file_show, NULL);
static struct attribute *t_attrs[] = { &dev_attr_t_file.attr, NULL };
ATTRIBUTE_GROUPS(t);

static int t_activate(struct led_classdev *led)
{
	pr_info("t_light: activate on %s, default %d\n", led->name,
		!!(led->flags & LED_INIT_DEFAULT_TRIGGER));
	return 0;
}

static void t_deactivate(struct led_classdev *led)
{
	pr_info("t_light: deactivate on %s\n", led->name);
}

static struct led_trigger t_own = {
	.name = "t_own",
	.activate = t_activate,
	.deactivate = t_deactivate,
	.groups = t_groups,
};
static struct led_trigger t_same = { .name = "t_own" };

static int __init t_init(void)
{
	int err;

	led_trigger_register_simple("t_simple", &t_simple);
	led_trigger_register_simple("t_simple", &t_twice);
	pr_info("t_light: simple %d, twice %d\n", t_simple != NULL, t_twice != NULL);
	led_trigger_event(t_simple, 3);
	err = led_classdev_register(NULL, &t_first);
	pr_info("t_light: first %d, %s\n", err, dev_name(t_first.dev));
	err = led_classdev_register(NULL, &t_second);
	msleep(50);
	pr_info("t_light: second %d, trigger %d, brightness %d of %d\n", err, t_second.trigger == t_simple,
		t_second.brightness, t_second.max_brightness);
	err = led_classdev_register(NULL, &t_third);
	pr_info("t_light: third %d, %s\n", err, dev_name(t_third.dev));
	pr_info("t_light: trigger %d\n", led_trigger_register(&t_own));
	pr_info("t_light: same %d\n", led_trigger_register(&t_same));
	led_trigger_event(t_simple, LED_FULL);
	msleep(50);
	pr_info("t_light: brightness %d\n", t_second.brightness);
	led_trigger_event(NULL, LED_FULL);
	return 0;
}

static void __exit t_exit(void)
{
	led_trigger_unregister_simple(t_simple);
	msleep(50);
	pr_info("t_light: no trigger %d\n", t_second.trigger == NULL);
	led_classdev_unregister(&t_third);
	led_classdev_unregister(&t_first);
	led_trigger_unregister(&t_own);
	led_classdev_unregister(&t_second);
}

module_init(t_init);
module_exit(t_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Lights and their triggers");
