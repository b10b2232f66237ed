// SPDX-License-Identifier: GPL-2.0-only
/* A driver with one mistake in its probe: what= picks it, "good" has none. */
#define pr_fmt(fmt) "probes: " fmt
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

static char *what = "good";
module_param(what, charp, 0);
static bool load;
module_param(load, bool, 0);

#define is(name) (!strcmp(what, name))
#define LAMPS 4

struct lamps {
	struct miscdevice misc;
	u32 state[LAMPS];
	u32 last;
	u8 code[16];
};

static const struct file_operations fops = { .owner = THIS_MODULE };

static int load_code(struct platform_device *pdev, struct lamps *lamps)
{
	const struct firmware *fw;
	int err = request_firmware(&fw, "probes.bin", &pdev->dev);

	if (!err && fw->size > sizeof(lamps->code) && !is("firmware"))
		err = -EFBIG;
	if (!err)
		memcpy(lamps->code, fw->data, fw->size);
	/* Nothing, after a failure. */
	if (!is("keep"))
		release_firmware(fw);
	return err;
}

static int probe(struct platform_device *pdev)
{
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);
	struct lamps *lamps;
	u32 count;
	int err;

	if (IS_ERR(regs))
		return PTR_ERR(regs);
	lamps = kzalloc(sizeof(*lamps), GFP_KERNEL);
	if (!lamps)
		return -ENOMEM;
	count = readl(regs);
	if (count > LAMPS && !is("trust")) {
		err = -EINVAL;
		goto free;
	}
	if (count)
		lamps->state[count - 1] = readl(regs + 4);
	lamps->misc = (struct miscdevice){ .minor = MISC_DYNAMIC_MINOR, .name = "probes", .fops = &fops };
	err = misc_register(&lamps->misc);
	if (err) {
		if (is("leak"))
			return err;
		if (is("changed"))
			err = -EIO;
		goto free;
	}
	if (load) {
		err = load_code(pdev, lamps);
		if (err)
			goto deregister;
	}
	platform_set_drvdata(pdev, lamps);
	return 0;

deregister:
	misc_deregister(&lamps->misc);
free:
	kfree(lamps);
	return err;
}

static int remove(struct platform_device *pdev)
{
	struct lamps *lamps = platform_get_drvdata(pdev);

	misc_deregister(&lamps->misc);
	kfree(lamps);
	return 0;
}

static struct platform_driver probes = { .probe = probe, .remove = remove, .driver = { .name = "probes" } };
module_platform_driver(probes);
MODULE_LICENSE("GPL");
