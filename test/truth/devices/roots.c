// SPDX-License-Identifier: GPL-2.0-only
/* Root devices, ksets without a type, CPU hotplug switched off, the watchdog kept quiet. */
#define pr_fmt(fmt) "roots: " fmt
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/slab.h>

static struct device *root, *bare;
static struct kset *typeless;
static bool unbalanced;
module_param(unbalanced, bool, 0);

static int __init roots_init(void)
{
	struct device *again;

	root = root_device_register("t_root");
	if (IS_ERR(root))
		return PTR_ERR(root);
	pr_info("root %s parent %d bus %d release %d\n", dev_name(root), !!root->parent, !!root->bus, !!root->release);
	again = root_device_register("t_root");
	pr_info("again %ld\n", IS_ERR(again) ? PTR_ERR(again) : 0);
	bare = __root_device_register("t_bare", NULL);
	pr_info("bare %ld refs %u\n", IS_ERR(bare) ? PTR_ERR(bare) : 0, kref_read(&bare->kobj.kref));

	typeless = kzalloc(sizeof(*typeless), GFP_KERNEL);
	kobject_set_name(&typeless->kobj, "t_typeless");
	pr_info("typeless %d initialized %u\n", kset_register(typeless), typeless->kobj.state_initialized);
	pr_info("none %d\n", kset_register(NULL));
	kfree_const(typeless->kobj.name);
	kfree(typeless);

	cpu_hotplug_disable();
	cpu_hotplug_disable();
	cpu_hotplug_enable();
	cpu_hotplug_enable();
	touch_softlockup_watchdog();
	touch_nmi_watchdog();
	if (unbalanced) {
		cpu_hotplug_enable();
		cpu_hotplug_enable();
	}
	pr_info("done\n");
	return 0;
}

static void __exit roots_exit(void)
{
	root_device_unregister(bare);
	root_device_unregister(root);
	pr_info("gone\n");
}

module_init(roots_init);
module_exit(roots_exit);
MODULE_LICENSE("GPL");
