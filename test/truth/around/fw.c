// SPDX-License-Identifier: GPL-2.0
/* Firmware files and programs of user space. */
#include <linux/completion.h>
#include <linux/firmware.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static struct platform_device *pdev;
static DECLARE_COMPLETION(done);
static char *what = "firmware";
module_param(what, charp, 0);

static void show(const char *how, int ret, const struct firmware *fw)
{
	pr_info("fw: %s %d %s %zu %.*s\n", how, ret, fw ? "some" : "none", fw ? fw->size : 0, fw ? (int)fw->size : 0,
		fw ? (const char *)fw->data : "");
}

static void loaded(const struct firmware *fw, void *context)
{
	show(context, 0, fw);
	release_firmware(fw);
	complete(&done);
}

static void firmware(void)
{
	const struct firmware *fw = (void *)1;
	static char buf[64];
	int ret;

	ret = request_firmware(&fw, "t_fw.bin", &pdev->dev);
	show("request", ret, fw);
	release_firmware(fw);
	ret = request_firmware(&fw, "t_none.bin", &pdev->dev);
	show("missing", ret, fw);
	ret = request_firmware_direct(&fw, "t_none.bin", &pdev->dev);
	show("direct", ret, fw);
	ret = firmware_request_nowarn(&fw, "t_none.bin", &pdev->dev);
	show("nowarn", ret, fw);
	ret = request_firmware(&fw, "", &pdev->dev);
	show("empty", ret, fw);
	ret = request_firmware(&fw, "t_dir/t_sub.bin", NULL);
	show("folder", ret, fw);
	release_firmware(fw);
	ret = request_firmware(&fw, "../t_up.bin", &pdev->dev);
	show("up", ret, fw);
	ret = request_firmware_into_buf(&fw, "t_fw.bin", &pdev->dev, buf, sizeof(buf));
	show("buffer", ret, fw);
	pr_info("fw: in place %d\n", fw && fw->data == (u8 *)buf);
	release_firmware(fw);
	ret = request_firmware_into_buf(&fw, "t_fw.bin", &pdev->dev, buf, 3);
	show("small", ret, fw);
	ret = request_firmware_nowait(THIS_MODULE, true, "t_fw.bin", &pdev->dev, GFP_KERNEL, "later", loaded);
	pr_info("fw: nowait %d\n", ret);
	wait_for_completion(&done);
	reinit_completion(&done);
	ret = request_firmware_nowait(THIS_MODULE, true, "t_none.bin", &pdev->dev, GFP_KERNEL, "later none", loaded);
	pr_info("fw: nowait %d\n", ret);
	wait_for_completion(&done);
	release_firmware(NULL);
}

static int prepare(struct subprocess_info *info, struct cred *new)
{
	pr_info("fw: prepare %s %s\n", info->path, (char *)info->data);
	return 0;
}

static void cleanup(struct subprocess_info *info)
{
	pr_info("fw: cleanup %s ret %d\n", (char *)info->data, info->retval);
}

static void helper(void)
{
	static char *env[] = { "HOME=/", "PATH=/bin", NULL };
	char *missing[] = { "/t/none", "x", NULL }, *sleeper[] = { "/bin/sh", "-c", "exit 3", NULL };
	char *good[] = { "/bin/sh", "-c", "exit 0", NULL };
	struct subprocess_info *info;

	pr_info("fw: exec %d\n", call_usermodehelper(missing[0], missing, env, UMH_WAIT_EXEC));
	pr_info("fw: proc %d\n", call_usermodehelper(missing[0], missing, env, UMH_WAIT_PROC));
	pr_info("fw: no wait %d\n", call_usermodehelper(missing[0], missing, env, UMH_NO_WAIT));
	pr_info("fw: ok %d\n", call_usermodehelper(good[0], good, env, UMH_WAIT_PROC));
	pr_info("fw: started %d\n", call_usermodehelper(sleeper[0], sleeper, env, UMH_WAIT_EXEC));
	pr_info("fw: empty %d\n", call_usermodehelper("", good, env, UMH_WAIT_PROC));
	info = call_usermodehelper_setup(good[0], good, env, GFP_KERNEL, prepare, cleanup, "data");
	pr_info("fw: run %d\n", call_usermodehelper_exec(info, UMH_WAIT_PROC));
}

static int __init start(void)
{
	if (!strcmp(what, "helper")) {
		helper();
		return 0;
	}
	pdev = platform_device_register_simple("t_fwdev", -1, NULL, 0);
	firmware();
	platform_device_unregister(pdev);
	return 0;
}

static void __exit stop(void)
{
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
