// SPDX-License-Identifier: GPL-2.0-only
/* Platform drivers that are offered their devices once, devices in bundles with their drivers, several at once. */
#include <linux/module.h>
#include <linux/platform_device.h>

static int answer;

static int probe(struct platform_device *pdev)
{
	pr_info("pprobe: probe of %s, %d bytes, %u resources\n", dev_name(&pdev->dev),
		pdev->dev.platform_data ? *(int *)pdev->dev.platform_data : -1, pdev->num_resources);
	return answer;
}
static int remove(struct platform_device *pdev)
{
	pr_info("pprobe: remove of %s\n", dev_name(&pdev->dev));
	return answer;
}
static struct platform_driver once = { .remove = remove, .driver = { .name = "pprobe-once" } };
static struct platform_driver bundled = { .remove = remove, .driver = { .name = "pprobe-bundle" } };
static struct platform_driver first = { .probe = probe, .remove = remove, .driver = { .name = "pprobe-1" } };
static struct platform_driver second = { .probe = probe, .remove = remove, .driver = { .name = "pprobe-2" } };
static struct platform_driver again = { .probe = probe, .driver = { .name = "pprobe-1" } };
static struct platform_driver plain = { .driver = { .name = "pprobe-plain", .bus = &platform_bus_type } };
static struct platform_driver *const pair[] = { &first, &second };
static struct platform_driver *const clash[] = { &second, &first, &again };
static struct resource res[] = { DEFINE_RES_MEM(0xd0000000, 16) };

static int __init pprobe_init(void)
{
	struct platform_device *pdev, *late;
	int data = 42;

	pr_info("pprobe: plain %d\n", driver_register(&plain.driver));
	driver_unregister(&plain.driver);
	pr_info("pprobe: nobody %d\n", platform_driver_probe(&once, probe));
	once.driver.probe_type = PROBE_PREFER_ASYNCHRONOUS;
	pr_info("pprobe: asynchronous %d\n", platform_driver_probe(&once, probe));
	once.driver.probe_type = PROBE_DEFAULT_STRATEGY;
	pdev = platform_device_register_simple("pprobe-once", -1, NULL, 0);
	answer = -ENODEV;
	pr_info("pprobe: not mine %d\n", platform_driver_probe(&once, probe));
	answer = -EPROBE_DEFER;
	pr_info("pprobe: later %d\n", platform_driver_probe(&once, probe));
	answer = 0;
	pr_info("pprobe: mine %d\n", platform_driver_probe(&once, probe));
	pr_info("pprobe: bound %d type %d attrs %d\n", pdev->dev.driver == &once.driver, once.driver.probe_type,
		once.driver.suppress_bind_attrs);
	late = platform_device_register_simple("pprobe-once", 7, NULL, 0);
	pr_info("pprobe: late %d\n", !!late->dev.driver);
	platform_device_unregister(late);
	answer = -EIO;
	platform_device_unregister(pdev);
	platform_driver_unregister(&once);
	answer = -ENXIO;
	pdev = platform_create_bundle(&bundled, probe, res, 1, &data, sizeof(data));
	pr_info("pprobe: bundle %d\n", PTR_ERR_OR_ZERO(pdev));
	answer = 0;
	pdev = platform_create_bundle(&bundled, probe, res, 1, &data, sizeof(data));
	pr_info("pprobe: bundle %d\n", PTR_ERR_OR_ZERO(pdev));
	pr_info("pprobe: again %d\n", PTR_ERR_OR_ZERO(platform_create_bundle(&bundled, probe, NULL, 0, NULL, 0)));
	platform_device_unregister(pdev);
	platform_driver_unregister(&bundled);
	pr_info("pprobe: clash %d\n", platform_register_drivers(clash, 3));
	return platform_register_drivers(pair, 2);
}
static void __exit pprobe_exit(void)
{
	platform_unregister_drivers(pair, 2);
}
module_init(pprobe_init);
module_exit(pprobe_exit);
MODULE_LICENSE("GPL");
