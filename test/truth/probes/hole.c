// SPDX-License-Identifier: GPL-2.0
/* The device that swallows what it is given, and how often something may be said about packets. */
#define pr_fmt(fmt) "hole: " fmt
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

static int gone;

static void destroyed(struct sk_buff *skb)
{
	gone++;
}

static int give(void)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);

	skb_reserve(skb, 32);
	memset(skb_put(skb, 60), 0, 60);
	skb->dev = blackhole_netdev;
	skb->protocol = htons(ETH_P_IP);
	skb->destructor = destroyed;
	return dev_queue_xmit(skb);
}

static int __init hole_init(void)
{
	struct net_device *dev = blackhole_netdev;
	int i, sum = 0, allowed = 0;

	pr_info("%s index %d mtu %u type %u flags %x running %d up %d header %u state %d\n", dev->name, dev->ifindex, dev->mtu,
		dev->type, dev->flags, netif_running(dev), !!(dev->flags & IFF_UP), dev->hard_header_len, dev->reg_state);
	for (i = 0; i < 12; i++)
		sum += give();
	pr_info("given %d gone %d\n", sum, gone);
	for (i = 0; i < 5; i++)
		allowed += net_ratelimit();
	pr_info("allowed %d\n", allowed);
	msleep(5200);
	pr_info("later %d\n", give());
	for (i = 0; i < 20; i++)
		allowed += net_ratelimit();
	pr_info("allowed %d\n", allowed);
	return 0;
}

static void __exit hole_exit(void)
{
}

module_init(hole_init);
module_exit(hole_exit);
MODULE_LICENSE("GPL");
