// SPDX-License-Identifier: GPL-2.0
/* Records and continuations: levels, cut lines, devices, limits. */
#include <linux/device.h>
#include <linux/device/class.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/delay.h>

static char line[2000];

static noinline int forward(const char *level, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;
	int ret;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	ret = printk("%s%pV", level, &vaf);
	va_end(args);
	return ret;
}

static noinline int emit(int facility, int level, const struct dev_printk_info *info, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = vprintk_emit(facility, level, info, fmt, args);
	va_end(args);
	return ret;
}

static int __init other(void *data)
{
	printk(KERN_CONT " from another task");
	printk("\n");
	return 0;
}

static void __init levels(void)
{
	int ret[12], i = 0;

	ret[i++] = printk("plain\n");
	ret[i++] = printk(KERN_INFO "info");
	ret[i++] = printk(KERN_CONT "+\n");
	ret[i++] = printk(KERN_INFO KERN_ERR "two levels\n");
	ret[i++] = printk(KERN_CONT KERN_ERR "continuing nothing\n");
	ret[i++] = printk(KERN_ERR KERN_CONT "the other way round\n");
	ret[i++] = printk("\0018" "eight is no level\n");
	ret[i++] = printk("\001d" "nor is d\n");
	ret[i++] = printk("\001" "\n");
	ret[i++] = printk("%s%s\n", KERN_ALERT, "level by argument");
	ret[i++] = printk("%s", "");
	ret[i++] = printk(KERN_INFO "\n");
	for (i = 0; i < 12; i++)
		snprintf(line + strlen(line), 20, " %d", ret[i]);
	printk(KERN_INFO "returned%s\n", line);
	printk(KERN_INFO KERN_INFO KERN_INFO KERN_INFO "four marks\n");
	printk(KERN_INFO "a%s%s\n", KERN_ERR, "b");
	forward(KERN_NOTICE, "forwarded %d\n", 1);
	forward("", KERN_CRIT "level inside %d\n", 2);
	forward(KERN_NOTICE, KERN_CRIT "both %d\n", 3);
	printk(KERN_INFO "carriage\rreturn, form\ffeed, nul\\0\n");
	printk(KERN_INFO "%c%c%c\n", 'a', 0, 'b');
	printk(KERN_INFO "\n\n\n");
	printk(KERN_INFO "\nleading\n");
	pr_info("%pV\n", NULL);
}

static void __init cont(void)
{
	struct task_struct *task;
	int i;

	printk(KERN_INFO "one");
	printk(KERN_CONT " two");
	printk(KERN_CONT " three");
	printk(KERN_WARNING "closed by this\n");
	printk(KERN_INFO "open");
	printk("no level closes it\n");
	printk(KERN_INFO "continued with a line");
	printk(KERN_CONT "\nand one more\n");
	printk(KERN_CONT "\n");
	printk(KERN_CONT);
	printk(KERN_CONT "after nothing");
	printk(KERN_INFO "end\n");
	printk(KERN_ERR "keeps its level");
	printk(KERN_CONT KERN_INFO " whatever follows\n");
	printk(KERN_INFO "task:");
	task = kthread_run(other, NULL, "other");
	msleep(20);
	printk(KERN_CONT " back\n");
	memset(line, 'x', 980);
	line[980] = 0;
	for (i = 960; i < 980; i += 5) {
		printk(KERN_INFO "%.*s", i, line);
		printk(KERN_CONT "0123456789");
		printk(KERN_CONT "abcdefghij");
		printk(KERN_CONT "end\n");
	}
}

static void __init lengths(void)
{
	static const int sizes[] = { 985, 986, 987, 988, 989, 990, 991, 992, 1024, 1999 };
	int i;

	memset(line, 'L', sizeof(line) - 1);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		printk(KERN_INFO "%.*s\n", sizes[i], line);
		printk("%.*s\n", sizes[i], line);
		printk(KERN_INFO "%.*s", sizes[i], line);
	}
	printk(KERN_INFO "%70000s\n", "wide");
	printk(KERN_INFO "%65533s\n", "wrap");
	printk(KERN_INFO "%65531s\n", "wrap");
	printk(KERN_INFO "%65600s\n", "short");
}

static struct class *family;

static void __init devices(void)
{
	struct platform_device *pdev = platform_device_register_simple("kobox-records", 3, NULL, 0);
	struct device *dev = device_create(family, NULL, MKDEV(240, 7), NULL, "records%d", 7);
	struct dev_printk_info info = { "subsys", "+subsys:thing" };
	static struct device bare;

	dev_info(&pdev->dev, "platform %d\n", 1);
	dev_err(dev, "class device\n");
	dev_warn(dev, "no newline");
	dev_notice(dev, "two\nlines\n");
	dev_printk(KERN_CRIT, dev, "by level\n");
	dev_printk_emit(5, dev, "no prefix\n");
	dev_info(NULL, "no device\n");
	dev_emerg(dev, KERN_INFO "level inside\n");
	dev_alert(&bare, "bare\n");
	bare.init_name = "named";
	dev_crit(&bare, "early name\n");
	dev_info_once(dev, "once\n");
	dev_info_once(dev, "once\n");
	dev_err_probe(dev, -EINVAL, "probe %d\n", 5);
	dev_err_probe(dev, -ENOMEM, "quiet\n");
	dev_err_probe(dev, -1234, "no name\n");
	dev_err_probe(NULL, -EIO, "no device\n");
	emit(0, 6, &info, "emitted %s\n", "with keys");
	emit(0, -1, NULL, KERN_NOTICE "level from the text\n");
	emit(0, 3, NULL, KERN_NOTICE "level from the caller\n");
	emit(0, 9, NULL, "level nine\n");
	emit(1, 6, NULL, KERN_NOTICE "facility one\n");
	emit(3, -1, NULL, "facility three");
	device_destroy(family, MKDEV(240, 7));
	platform_device_unregister(pdev);
}

static void __init limits(void)
{
	static DEFINE_RATELIMIT_STATE(rs, HZ / 10, 2);
	unsigned long last = 0;
	int i, allowed = 0;

	for (i = 0; i < 5; i++)
		if (__ratelimit(&rs))
			pr_info("limited %d\n", i);
	msleep(150);
	for (i = 0; i < 3; i++)
		if (__ratelimit(&rs))
			pr_info("limited again %d\n", i);
	ratelimit_set_flags(&rs, RATELIMIT_MSG_ON_RELEASE);
	msleep(150);
	pr_info("allowed %d missed %d\n", __ratelimit(&rs), rs.missed);
	ratelimit_state_exit(&rs);
	rs.interval = 0;
	for (i = 0; i < 5; i++)
		allowed += __ratelimit(&rs);
	rs.interval = HZ;
	rs.burst = 0;
	pr_info("without interval %d, without burst %d\n", allowed, __ratelimit(&rs));
	for (i = 0, allowed = 0; i < 20; i++)
		allowed += printk_ratelimit();
	pr_info("printk_ratelimit %d\n", allowed);
	for (i = 0, allowed = 0; i < 5; i++)
		allowed += printk_timed_ratelimit(&last, 50);
	msleep(100);
	pr_info("timed %d, later %d\n", allowed, printk_timed_ratelimit(&last, 50));
	printk_once(KERN_INFO "once\n");
	pr_debug("debug is off\n");
	print_hex_dump_debug("off: ", DUMP_PREFIX_NONE, 16, 1, line, 16, true);
}

static char *what = "levels";
module_param(what, charp, 0);

static int __init records_init(void)
{
	if (!strcmp(what, "levels"))
		levels();
	else if (!strcmp(what, "cont"))
		cont();
	else if (!strcmp(what, "lengths"))
		lengths();
	else if (!strcmp(what, "limits"))
		limits();
	else if (!strcmp(what, "devices")) {
		family = class_create(THIS_MODULE, "records");
		devices();
	}
	return 0;
}

static void __exit records_exit(void)
{
	if (family)
		class_destroy(family);
}

module_init(records_init);
module_exit(records_exit);
MODULE_LICENSE("GPL");
