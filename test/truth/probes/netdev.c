// SPDX-License-Identifier: GPL-2.0
/* A network device of the module's own. */
#define pr_fmt(fmt) "netdev: " fmt
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/etherdevice.h>
#include <linux/skbuff.h>

static struct net_device *dev;

static int nd_open(struct net_device *d)
{
	pr_info("open\n");
	netif_start_queue(d);
	return 0;
}

static int nd_stop(struct net_device *d)
{
	pr_info("stop\n");
	netif_stop_queue(d);
	return 0;
}

static netdev_tx_t nd_xmit(struct sk_buff *skb, struct net_device *d)
{
	pr_info("xmit proto %04x\n", ntohs(skb->protocol));
	d->stats.tx_packets++;
	d->stats.tx_bytes += skb->len;
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops nd_ops = {
	.ndo_open = nd_open, .ndo_stop = nd_stop, .ndo_start_xmit = nd_xmit,
};

static void setup(struct net_device *d)
{
	ether_setup(d);
	d->netdev_ops = &nd_ops;
	d->flags |= IFF_NOARP;
}

static int __init nd_init(void)
{
	u8 addr[ETH_ALEN] = { 2, 0, 0, 0, 0, 7 };
	int ret;

	dev = alloc_netdev(32, "kb%d", NET_NAME_UNKNOWN, setup);
	if (!dev)
		return -ENOMEM;
	pr_info("alloc %s mtu %u type %u hlen %u alen %u txq %u flags %x priv %d\n", dev->name, dev->mtu, dev->type, dev->hard_header_len,
		dev->addr_len, dev->tx_queue_len, dev->flags, netdev_priv(dev) != NULL);
	eth_hw_addr_set(dev, addr);
	ret = register_netdev(dev);
	pr_info("register %d %s ifindex %d addr %pM state %d running %d carrier %d\n", ret, dev->name, dev->ifindex > 0, dev->dev_addr,
		dev->reg_state, netif_running(dev), netif_carrier_ok(dev));
	return ret;
}

static void __exit nd_exit(void)
{
	unregister_netdev(dev);
	free_netdev(dev);
}

module_init(nd_init);
module_exit(nd_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a network device");
