// SPDX-License-Identifier: GPL-2.0
/* Messages that dynamic debug switches, of every kind; writing to the parameter `say` makes them. */
#define pr_fmt(fmt) "dyn: " fmt
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/timer.h>

void dyn_more(void);

enum { QUIET = 4, LOUD };
DECLARE_DYNDBG_CLASSMAP(dyn_classes, DD_CLASS_TYPE_DISJOINT_NAMES, QUIET, "QUIET", "LOUD");
DECLARE_DYNDBG_CLASSMAP(dyn_bits, DD_CLASS_TYPE_DISJOINT_BITS, 8, "bit0", "bit1");

static struct platform_device *pdev;
static struct net_device *ndev;

static noinline void a_function_with_such_a_long_name_that_the_prefix_is_cut_short(void)
{
	pr_debug("long prefix\n");
}

static void in_timer(struct timer_list *unused)
{
	pr_debug("in a timer\n");
}
static DEFINE_TIMER(timer, in_timer);

static noinline void plain(int n)
{
	pr_debug("plain %d\n", n);
	pr_debug("quoted \"%s\"\ttab\\ \a\r\n", "x");
	print_hex_dump_debug("dump: ", DUMP_PREFIX_OFFSET, 16, 1, "abcd", 4, true);
	__pr_debug_cls(QUIET, "quiet\n");
	__pr_debug_cls(LOUD, "loud\n");
	__pr_debug_cls(9, "bit 1\n");
	__pr_debug_cls(20, "no class\n");
}

static noinline void devices(void)
{
	dev_dbg(&pdev->dev, "of a device\n");
	dev_dbg(NULL, "of no device\n");
	netdev_dbg(ndev, "of a network device\n");
	netdev_dbg(NULL, "of no network device\n");
	SET_NETDEV_DEV(ndev, &pdev->dev);
	netdev_info(ndev, "always\n");
	netdev_dbg(ndev, "of a network device with a parent\n");
	SET_NETDEV_DEV(ndev, NULL);
}

static int say(const char *text, const struct kernel_param *kp)
{
	plain(kp ? 1 : 0);
	if (!kp || text[0] != 'd')
		return 0;
	devices();
	dyn_more();
	a_function_with_such_a_long_name_that_the_prefix_is_cut_short();
	mod_timer(&timer, jiffies + 1);
	return 0;
}
static const struct kernel_param_ops say_ops = { .set = say };
module_param_cb(say, &say_ops, NULL, 0200);

static int __init dyn_init(void)
{
	pr_debug("init\n");
	ndev = alloc_etherdev(0);
	if (!ndev)
		return -ENOMEM;
	pdev = platform_device_register_simple("dynpdev", 3, NULL, 0);
	if (IS_ERR(pdev)) {
		free_netdev(ndev);
		return PTR_ERR(pdev);
	}
	say("", NULL);
	return 0;
}

static void __exit dyn_exit(void)
{
	pr_debug("exit\n");
	del_timer_sync(&timer);
	platform_device_unregister(pdev);
	free_netdev(ndev);
}
module_init(dyn_init);
module_exit(dyn_exit);
MODULE_LICENSE("GPL");
