// SPDX-License-Identifier: GPL-2.0-only
/* Runtime power management of a device; what a driver asks of a machine that has little. */
#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/fb.h>
#include <linux/font.h>
#include <linux/i8042.h>
#include <linux/module.h>
#include <linux/nls.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/regmap.h>

static int wake(struct device *dev)
{
	pr_info("runtime: %s wakes\n", dev_name(dev));
	return 0;
}
static const struct dev_pm_ops pm = { .runtime_resume = wake };

static void counts(const char *what, struct device *dev, int result)
{
	pr_info("runtime: %s: %d; count %d, off %u, state %d, error %d, auto %u\n", what, result,
		atomic_read(&dev->power.usage_count), dev->power.disable_depth,
		dev->power.runtime_status, dev->power.runtime_error, dev->power.runtime_auto);
}

static int probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;

	pr_info("runtime: probe %s\n", dev_name(dev));
	counts("new", dev, 0);
	counts("get while off", dev, pm_runtime_get_sync(dev));
	counts("put while off", dev, pm_runtime_put_sync_suspend(dev));
	counts("active", dev, pm_runtime_set_active(dev));
	counts("suspended", dev, pm_runtime_set_suspended(dev));
	counts("nonsense", dev, __pm_runtime_set_status(dev, 1));
	pm_runtime_enable(dev);
	counts("enabled", dev, 0);
	counts("active while on", dev, pm_runtime_set_active(dev));
	pm_runtime_get_noresume(dev);
	counts("get", dev, pm_runtime_get_sync(dev));
	counts("again", dev, pm_runtime_resume(dev));
	counts("put", dev, pm_runtime_put_sync(dev));
	pm_runtime_forbid(dev);
	counts("forbidden", dev, 0);
	pm_runtime_forbid(dev);
	counts("forbidden twice", dev, 0);
	pm_runtime_allow(dev);
	counts("allowed", dev, 0);
	counts("suspend in use", dev, pm_runtime_suspend(dev));
	pm_runtime_put_noidle(dev);
	pm_runtime_disable(dev);
	counts("disabled", dev, 0);
	counts("resume while off", dev, pm_runtime_resume(dev));
	pr_info("runtime: regmap %d\n", dev_get_regmap(dev, NULL) == NULL);
	return 0;
}

/* The PC's loudspeaker: a device that every PC has. */
static struct platform_driver speaker = {
	.probe = probe, .driver = { .name = "pcspkr", .pm = &pm },
};

static bool filter(unsigned char data, unsigned char str, struct serio *serio)
{
	return false;
}
static bool other(unsigned char data, unsigned char str, struct serio *serio)
{
	return false;
}

static void text(const wchar_t *units, int count, int room)
{
	u8 out[40] = { };
	int length = utf16s_to_utf8s(units, count, UTF16_LITTLE_ENDIAN, out, room);

	pr_info("runtime: text %d %*phN\n", length, 16, out);
}

static int __init runtime_init(void)
{
	static const wchar_t units[] = { 'k', 0xe4, 0x20ac, 0xd83d, 0xde00, 0xde00, 'x', 0xd83d };
	const struct font_desc *font = find_font("VGA8x16");
	char *option = (char *)1;
	u8 byte;

	pr_info("runtime: driver %d\n", platform_driver_register(&speaker));
	pr_info("runtime: font %s %u %u %d %d %d\n", font->name, font->width, font->height, font->idx,
		font->pref, find_font("none") == NULL);
	pr_info("runtime: fonts %s %s %s\n", get_default_font(640, 350, -1, -1)->name,
		get_default_font(1024, 768, -1, -1)->name, get_default_font(4000, 3000, -1, -1)->name);
	pr_info("runtime: options %d %d\n", fb_get_options("truth", &option), option == NULL);
	pr_info("runtime: filter %d", i8042_install_filter(filter));
	pr_cont(" %d", i8042_install_filter(other));
	pr_cont(" %d", i8042_remove_filter(other));
	pr_cont(" %d\n", i8042_remove_filter(filter));
	pr_info("runtime: ec %d %d\n", ec_read(0, &byte), ec_write(0, 0));
	text(units, 8, 40);
	text(units, 8, 7);
	text(units, 2, 2);
	return 0;
}

static void __exit runtime_exit(void)
{
	platform_driver_unregister(&speaker);
}

module_init(runtime_init);
module_exit(runtime_exit);
MODULE_LICENSE("GPL");
