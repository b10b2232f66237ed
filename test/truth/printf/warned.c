// SPDX-License-Identifier: GPL-2.0
/* The warning about an unknown conversion, by way of each function that formats. Once a boot. */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>

static char *by = "printk";
module_param(by, charp, 0);

static char text[100];

static noinline int forward(const char *fmt, ...)
{
	va_list args;
	int ret = 0;

	va_start(args, fmt);
	if (!strcmp(by, "vprintk"))
		ret = vprintk(fmt, args);
	else if (!strcmp(by, "vsnprintf"))
		ret = vsnprintf(text, sizeof(text), fmt, args);
	else if (!strcmp(by, "vscnprintf"))
		ret = vscnprintf(text, sizeof(text), fmt, args);
	else if (!strcmp(by, "nested")) {
		struct va_format vaf = { .fmt = fmt, .va = &args };

		ret = printk(KERN_INFO "[%pV]\n", &vaf);
	}
	va_end(args);
	return ret;
}

static const char wrong[] = KERN_INFO "wrong %d %k %d\n";

static int __init warned_init(void)
{
	static struct device bare = { .init_name = "bare" };
	struct device *device = &bare;
	char *copy;

	if (!strcmp(by, "printk"))
		printk(wrong, 1, 2, 3);
	else if (!strcmp(by, "sprintf"))
		sprintf(text, wrong, 1, 2, 3);
	else if (!strcmp(by, "snprintf"))
		snprintf(text, sizeof(text), wrong, 1, 2, 3);
	else if (!strcmp(by, "scnprintf"))
		scnprintf(text, sizeof(text), wrong, 1, 2, 3);
	else if (!strcmp(by, "dev_info"))
		_dev_info(NULL, wrong, 1, 2, 3);
	else if (!strcmp(by, "dev"))
		_dev_info(device, wrong, 1, 2, 3);
	else if (!strcmp(by, "dev_printk"))
		_dev_printk(KERN_INFO, device, wrong, 1, 2, 3);
	else if (!strcmp(by, "kasprintf")) {
		copy = kasprintf(GFP_KERNEL, wrong, 1, 2, 3);
		strscpy(text, copy, sizeof(text));
		kfree(copy);
	} else {
		forward(wrong, 1, 2, 3);
	}
	pr_info("%s: [%s]\n", by, text[0] ? text + 2 : "");
	return 0;
}

static void __exit warned_exit(void)
{
}

module_init(warned_init);
module_exit(warned_exit);
MODULE_LICENSE("GPL");
